/** Every declaration exported from a lib or a tool has a doc comment directly before it. */
export const documentedExport = {
  create(context) {
    const file = context.filename.replaceAll('\\', '/')
    if (!/\/(libs|tools)\//.test(file)) return {}
    return {
      ExportNamedDeclaration(node) {
        if (!node.declaration) return
        const comment = context.sourceCode.getCommentsBefore(node).at(-1)
        if (comment?.type === 'Block' && comment.value.startsWith('*')) return
        const name =
          node.declaration.id?.name ?? node.declaration.declarations?.[0]?.id?.name ?? 'this export'
        context.report({
          node,
          message: `Document \`${name}\` with a /** comment */: what it gives, units, limits, errors.`,
        })
      },
    }
  },
}
