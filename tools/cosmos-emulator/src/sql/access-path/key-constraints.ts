import { isKeyPart, splitPath } from '../../partition/partition-key.ts'
import type { KeyPart } from '../../partition/partition-key.ts'
import type { Expression } from '../syntax/ast.ts'
import { constantOf, documentPath, termsOf } from './where-terms.ts'

/** What a WHERE says of a document's partition key: the values of some of its components, by their level. */
export type KeyConstraint = ReadonlyMap<number, KeyPart>

/** What is known of the query whose keys are looked for. */
export interface KeyFacts {
  where: Expression | undefined
  /** The name that stands for the document; undefined where none does. */
  rootAlias: string | undefined
  parameters: ReadonlyMap<string, unknown>
  keyPaths: readonly string[]
}

const anyKey: readonly KeyConstraint[] = [new Map()]
const mostConstraints = 1000

// Functions that are true of few values.
const typeTests: Partial<Record<string, readonly KeyPart[]>> = { IS_NULL: [null], IS_BOOL: [false, true] }

/**
 * The alternatives that a WHERE leaves to the partition key; a document that fits none of them is not in the result.
 * None at all: the result is empty. More than a thousand: as if nothing was known.
 */
export function keyConstraints({
  where,
  rootAlias,
  parameters,
  keyPaths,
}: KeyFacts): readonly KeyConstraint[] {
  const levels = new Map(keyPaths.map((path, level) => [JSON.stringify(splitPath(path)), level]))
  const levelOf = (expression: Expression): number | undefined => {
    const path = rootAlias === undefined ? undefined : documentPath(expression, rootAlias)
    return path === undefined ? undefined : levels.get(path)
  }
  return where ? constraintsOf(where, { levelOf, parameters }) : anyKey
}

interface Facts {
  levelOf: (expression: Expression) => number | undefined
  parameters: ReadonlyMap<string, unknown>
}

function constraintsOf(node: Expression, facts: Facts): readonly KeyConstraint[] {
  if (node.kind === 'literal') return node.value === true ? anyKey : []
  if (node.kind === 'member') return oneOf(facts.levelOf(node), [true])
  if (node.kind === 'unary' && node.operator === 'NOT') return oneOf(facts.levelOf(node.operand), [false])
  if (node.kind === 'binary') return ofBinary(node, facts)
  if (node.kind === 'in' && !node.isNegated) return ofList(node, facts)
  if (node.kind === 'call' && !node.isUserDefined) return ofCall(node, facts)
  return anyKey
}

function ofBinary(node: Extract<Expression, { kind: 'binary' }>, facts: Facts): readonly KeyConstraint[] {
  const { operator } = node
  if (operator === '=') return ofEquality(node, facts)
  if (operator !== 'AND' && operator !== 'OR') return anyKey
  return termsOf(node, operator)
    .map((term) => constraintsOf(term, facts))
    .reduce(operator === 'AND' ? both : either)
}

function both(left: readonly KeyConstraint[], right: readonly KeyConstraint[]): readonly KeyConstraint[] {
  // Either side alone is true of the documents too, only less narrow.
  if (left.length * right.length > mostConstraints) return left.length < right.length ? left : right
  return left.flatMap((one) => right.flatMap((other) => merged(one, other) ?? []))
}

function merged(one: KeyConstraint, other: KeyConstraint): KeyConstraint | undefined {
  for (const [level, part] of other) if (one.has(level) && one.get(level) !== part) return undefined
  return new Map([...one, ...other])
}

function either(left: readonly KeyConstraint[], right: readonly KeyConstraint[]): readonly KeyConstraint[] {
  const all = [...left, ...right]
  return all.length > mostConstraints || all.some((constraint) => constraint.size === 0) ? anyKey : all
}

function ofEquality(
  { left, right }: Extract<Expression, { kind: 'binary' }>,
  facts: Facts,
): readonly KeyConstraint[] {
  for (const [path, value] of [
    [left, right],
    [right, left],
  ] as const) {
    const constant = constantOf(value, facts.parameters)
    if (!constant || !isKeyPart(constant.value)) continue
    const level = facts.levelOf(path)
    if (level !== undefined) return oneOf(level, [constant.value])
  }
  return anyKey
}

function ofList(
  { operand, list }: Extract<Expression, { kind: 'in' }>,
  facts: Facts,
): readonly KeyConstraint[] {
  const parts = partsOf(list, facts.parameters)
  return parts ? oneOf(facts.levelOf(operand), parts) : anyKey
}

/**
 * The constants of a list; undefined where not all are. A key that is an array or an object has no hash of its own: its
 * document lies where those without a key do.
 */
function partsOf(
  list: readonly Expression[],
  parameters: ReadonlyMap<string, unknown>,
): KeyPart[] | undefined {
  const parts: KeyPart[] = []
  for (const item of list) {
    const constant = constantOf(item, parameters)
    if (!constant && item.kind !== 'array' && item.kind !== 'object') return undefined
    parts.push(constant && isKeyPart(constant.value) ? constant.value : undefined)
  }
  return parts
}

function ofCall(
  { name, args }: Extract<Expression, { kind: 'call' }>,
  facts: Facts,
): readonly KeyConstraint[] {
  const [first, second, ...others] = args
  const upper = name.toUpperCase()
  if (upper === 'ARRAY_CONTAINS' && first && second && others.length === 0) {
    const parts = elementsOf(first, facts.parameters)
    return parts ? oneOf(facts.levelOf(second), parts) : anyKey
  }
  const parts = typeTests[upper]
  return parts && first && !second ? oneOf(facts.levelOf(first), parts) : anyKey
}

/** The elements of an array that is written out, or a parameter. */
function elementsOf(expression: Expression, parameters: ReadonlyMap<string, unknown>): KeyPart[] | undefined {
  if (expression.kind === 'array') return partsOf(expression.items, parameters)
  const value = expression.kind === 'parameter' ? parameters.get(expression.name) : undefined
  return Array.isArray(value) ? value.map((item: unknown) => (isKeyPart(item) ? item : undefined)) : undefined
}

function oneOf(level: number | undefined, parts: readonly KeyPart[]): readonly KeyConstraint[] {
  if (level === undefined) return anyKey
  // Zero and minus zero are one value, but not one hash.
  return [...new Set(parts)].map((part) => new Map([[level, part === 0 ? 0 : part]]))
}
