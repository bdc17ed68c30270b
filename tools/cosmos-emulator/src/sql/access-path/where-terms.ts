import type { BinaryOperator, Expression } from '../syntax/ast.ts'

/** A comparison of a property with a constant, the property on the left. */
export interface Comparison {
  /** The names of the property's path, as JSON. */
  path: string
  operator: '>' | '>=' | '<' | '<=' | '='
  value: unknown
}

const flipped: Partial<Record<BinaryOperator, Comparison['operator']>> = {
  '<': '>',
  '<=': '>=',
  '>': '<',
  '>=': '<=',
  '=': '=',
}

/** Whether an expression is this path of the document, as in `c.id`. */
export function isDocumentPath(
  expression: Expression,
  rootAlias: string | undefined,
  names: readonly string[],
): boolean {
  return rootAlias !== undefined && documentPath(expression, rootAlias) === pathOf(names)
}

/** The path of a document that an expression names, as JSON; undefined when it names none. */
export function documentPath(expression: Expression, rootAlias: string): string | undefined {
  const names: string[] = []
  let node = expression
  while (node.kind === 'member') {
    if (node.key.kind !== 'literal' || typeof node.key.value !== 'string') return undefined
    names.unshift(node.key.value)
    node = node.object
  }
  return node.kind === 'name' && node.name === rootAlias && names.length > 0 ? pathOf(names) : undefined
}

/** Names of a path as the text by which they are looked up. */
export function pathOf(names: readonly string[]): string {
  return JSON.stringify(names)
}

/** The names of such a path. */
export function namesOf(path: string): string[] {
  return JSON.parse(path) as string[]
}

/** The terms of a WHERE that must all hold. */
export function conjuncts(where: Expression | undefined): Expression[] {
  return where ? termsOf(where, 'AND') : []
}

/** The terms of `a AND b AND c`, or of `a OR b OR c`, gathered without a call for each. */
export function termsOf(node: Expression, operator: 'AND' | 'OR'): Expression[] {
  const terms: Expression[] = []
  const open = [node]
  for (let next = open.pop(); next; next = open.pop())
    if (next.kind === 'binary' && next.operator === operator) open.push(next.right, next.left)
    else terms.push(next)
  return terms
}

/** Reads a term as a comparison of a property with a constant. */
export function readComparison(
  term: Expression,
  rootAlias: string,
  parameters: ReadonlyMap<string, unknown>,
): Comparison | undefined {
  if (term.kind !== 'binary') return undefined
  const turned = flipped[term.operator]
  if (!turned) return undefined
  const left = documentPath(term.left, rootAlias)
  const path = left ?? documentPath(term.right, rootAlias)
  const constant = constantOf(left === undefined ? term.left : term.right, parameters)
  if (path === undefined || !constant) return undefined
  const operator = left === undefined ? turned : (term.operator as Comparison['operator'])
  return { path, operator, value: constant.value }
}

/** The value of a literal, a parameter, or a number with a minus; undefined for anything else, and for a parameter that is not given. */
export function constantOf(
  expression: Expression,
  parameters: ReadonlyMap<string, unknown>,
): { value: unknown } | undefined {
  if (expression.kind === 'literal') return { value: expression.value }
  if (expression.kind === 'parameter')
    return parameters.has(expression.name) ? { value: parameters.get(expression.name) } : undefined
  if (expression.kind !== 'unary' || expression.operator !== '-') return undefined
  const operand = constantOf(expression.operand, parameters)
  return typeof operand?.value === 'number' ? { value: -operand.value } : undefined
}

/** The values of a list of constants; undefined where one is none. */
export function constantsOf(
  expressions: readonly Expression[],
  parameters: ReadonlyMap<string, unknown>,
): unknown[] | undefined {
  const constants = expressions.map((expression) => constantOf(expression, parameters))
  return constants.every((constant) => constant !== undefined)
    ? constants.map(({ value }) => value)
    : undefined
}
