/** In apps and libs errors come from the catalogue: `throw err('CODE', ...)`, never `new Error(...)`. */
export const cataloguedError = {
  create(context) {
    const file = context.filename.replaceAll('\\', '/')
    if (!/\/(apps|libs)\//.test(file)) return {}
    return {
      ThrowStatement(node) {
        const thrown = node.argument
        if (thrown?.type !== 'NewExpression' || !/^(Type|Range)?Error$/.test(thrown.callee?.name ?? ''))
          return
        context.report({
          node,
          message: "Throw an error of the catalogue: `throw err('CODE', { ... })` from @zoetrope/contracts.",
        })
      },
    }
  },
}
