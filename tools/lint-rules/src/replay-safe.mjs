/** Orchestrators are replayed: no clock, no randomness, no environment, no I/O and no await under `src/orchestrations/`. */
export const replaySafe = {
  create(context) {
    const file = context.filename.replaceAll('\\', '/')
    if (!file.includes('/src/orchestrations/') || file.endsWith('.test.ts')) return {}
    const report = (node, what) =>
      context.report({
        node,
        message: `Orchestrators are replayed, so ${what} may not be used here; do it in an activity.`,
      })
    const allowedImports = /^(durable-functions|@zoetrope\/(contracts|domain)|\.{1,2}\/)/
    return {
      ImportDeclaration(node) {
        if (!allowedImports.test(node.source.value)) report(node, `the import of ${node.source.value}`)
      },
      MemberExpression(node) {
        const name = `${node.object.name ?? ''}.${node.property.name ?? ''}`
        if (['Date.now', 'Math.random', 'process.env', 'crypto.randomUUID', 'performance.now'].includes(name))
          report(node, name)
      },
      NewExpression(node) {
        if (node.callee.name === 'Date' && node.arguments.length === 0) report(node, 'new Date()')
      },
      AwaitExpression(node) {
        report(node, 'await')
      },
      CallExpression(node) {
        if (['setTimeout', 'setInterval', 'setImmediate', 'fetch'].includes(node.callee.name))
          report(node, node.callee.name)
      },
    }
  },
}
