/** Whoever turns a rule off says why, on the same line. */
export const reasonedDisable = {
  create(context) {
    return {
      Program() {
        for (const comment of context.sourceCode.getAllComments()) {
          const isDisable = /^\s*(oxlint|eslint)-disable/.test(comment.value)
          if (!isDisable || /\s--\s+\S/.test(comment.value)) continue
          context.report({
            loc: comment.loc,
            message: 'Say why the rule is off: `oxlint-disable-next-line <rule> -- <reason>`.',
          })
        }
      },
    }
  },
}
