/** The dotted name of an expression, such as `Promise.race`; undefined for any other one. */
export function nameOf(node) {
  if (node?.type === 'Identifier') return node.name
  if (node?.type !== 'MemberExpression' || node.computed) return undefined
  const object = nameOf(node.object)
  return object && `${object}.${node.property.name}`
}

/** Whether something of this dotted name is named in a node, other nodes within it left out. */
export function isNamedIn(node, name, leftOut = []) {
  if (leftOut.includes(node)) return false
  return nameOf(node) === name || childrenOf(node).some((child) => isNamedIn(child, name, leftOut))
}

const noChildren = new Set(['parent', 'loc', 'range', 'comments', 'tokens'])

function childrenOf(node) {
  return Object.entries(node)
    .filter(([key]) => !noChildren.has(key))
    .flatMap(([, value]) => value)
    .filter((value) => typeof value?.type === 'string')
}

/** The nodes around a node, the innermost first. */
export function* ancestorsOf(node) {
  for (let one = node.parent; one; one = one.parent) yield one
}
