import { definedRange, typeRange } from '../../storage/index-key.ts'
import type { Expression } from '../syntax/ast.ts'
import { beginningWith, comparedTo, equalTo, intersection, union } from './value-ranges.ts'
import type { ValueRanges } from './value-ranges.ts'
import { constantOf, constantsOf, documentPath, readComparison } from './where-terms.ts'

/** For properties by their path (as JSON): the values that a document must have there to pass a WHERE. */
export type PropertyRanges = ReadonlyMap<string, ValueRanges>

interface Facts {
  rootAlias: string
  parameters: ReadonlyMap<string, unknown>
}

const mostRanges = 500
const nothingKnown: PropertyRanges = new Map()

/**
 * Takes from a WHERE what it demands of single properties. What it cannot read it leaves out, so that documents that
 * pass are always within the ranges, and some others may be too.
 */
export function propertyRanges(where: Expression | undefined, facts: Facts): PropertyRanges {
  if (!where) return nothingKnown
  if (where.kind === 'binary' && where.operator === 'AND')
    return both(propertyRanges(where.left, facts), propertyRanges(where.right, facts))
  if (where.kind === 'binary' && where.operator === 'OR')
    return either(propertyRanges(where.left, facts), propertyRanges(where.right, facts))
  const term = readTerm(where, facts)
  return term ? new Map([term]) : nothingKnown
}

/** Whether the ranges of a WHERE tell all of it: a document passes if, and only if, its values are within them. */
export function isToldByRanges(where: Expression, facts: Facts): boolean {
  if (where.kind === 'binary' && (where.operator === 'AND' || where.operator === 'OR')) {
    if (!isToldByRanges(where.left, facts) || !isToldByRanges(where.right, facts)) return false
    if (where.operator === 'AND') return true
    const sides = [where.left, where.right, where].map((side) => [...propertyRanges(side, facts).keys()])
    // Each side of one property, the same one, and not more than can be told.
    return sides.every(
      ([path, ...others]) => others.length === 0 && path !== undefined && path === sides[0]?.[0],
    )
  }
  // Of a pattern the ranges tell the beginning; of arrays and objects the type; of a search that may ignore case nothing.
  if (where.kind === 'like' || (where.kind === 'call' && where.args.length > 2)) return false
  return readTerm(where, facts) !== undefined && !constantsIn(where, facts).some(isStructure)
}

function constantsIn(term: Expression, { parameters }: Facts): unknown[] {
  switch (term.kind) {
    case 'binary':
      return [term.left, term.right].map((side) => constantOf(side, parameters)?.value)
    case 'between':
      return [term.low, term.high].map((side) => constantOf(side, parameters)?.value)
    case 'in':
      return term.list.map((item) => constantOf(item, parameters)?.value)
    case 'call':
      return term.args.flatMap((argument) => constantOf(argument, parameters)?.value ?? [])
    case 'array':
    case 'conditional':
    case 'like':
    case 'literal':
    case 'member':
    case 'name':
    case 'object':
    case 'parameter':
    case 'subquery':
    case 'unary':
      return []
  }
}

function isStructure(value: unknown): boolean {
  return typeof value === 'object' && value !== null
}

function both(left: PropertyRanges, right: PropertyRanges): PropertyRanges {
  const all = new Map(left)
  for (const [path, ranges] of right) {
    const known = all.get(path)
    all.set(path, known ? intersection(known, ranges) : ranges)
  }
  return all
}

function either(left: PropertyRanges, right: PropertyRanges): PropertyRanges {
  const shared = new Map<string, ValueRanges>()
  for (const [path, ranges] of left) {
    const other = right.get(path)
    if (other && ranges.length + other.length <= mostRanges) shared.set(path, union(ranges, other))
  }
  return shared
}

type Term = [path: string, ranges: ValueRanges]

function readTerm(term: Expression, facts: Facts): Term | undefined {
  const { rootAlias, parameters } = facts
  switch (term.kind) {
    case 'member':
      return ofPath(term, facts, equalTo(true))
    case 'binary': {
      const comparison = readComparison(term, rootAlias, parameters)
      return comparison && [comparison.path, comparedTo(comparison.operator, comparison.value)]
    }
    case 'between': {
      const bounds = constantsOf([term.low, term.high], parameters)
      if (!bounds || term.isNegated) return undefined
      const ranges = intersection(comparedTo('>=', bounds[0]), comparedTo('<=', bounds[1]))
      return ofPath(term.operand, facts, ranges)
    }
    case 'in':
      return term.isNegated ? undefined : ofList(term.operand, constantsOf(term.list, parameters), facts)
    case 'like': {
      const pattern = constantOf(term.pattern, parameters)
      if (!pattern || term.isNegated || term.escape) return undefined
      return ofPath(term.operand, facts, beginningWith(fixedPart(pattern.value)))
    }
    case 'call':
      return term.isUserDefined ? undefined : readCall(term, facts)
    case 'array':
    case 'conditional':
    case 'literal':
    case 'name':
    case 'object':
    case 'parameter':
    case 'subquery':
    case 'unary':
      return undefined
  }
}

function readCall(call: Expression & { kind: 'call' }, facts: Facts): Term | undefined {
  const [first, second, third] = call.args
  if (!first) return undefined
  switch (call.name.toUpperCase()) {
    case 'STARTSWITH': {
      const prefix = second && constantOf(second, facts.parameters)
      if (!prefix) return undefined
      return ofPath(first, facts, third ? [typeRange('')] : beginningWith(prefix.value))
    }
    case 'ARRAY_CONTAINS': {
      const list = constantOf(first, facts.parameters)?.value
      return second && !third && Array.isArray(list) ? ofList(second, list, facts) : undefined
    }
    case 'IS_DEFINED':
      return ofPath(first, facts, [definedRange])
    case 'IS_NULL':
      return ofPath(first, facts, equalTo(null))
    case 'IS_STRING':
      return ofPath(first, facts, [typeRange('')])
    case 'IS_NUMBER':
      return ofPath(first, facts, [typeRange(0)])
    case 'IS_BOOL':
      return ofPath(first, facts, [typeRange(true)])
    default:
      return undefined
  }
}

function ofPath(expression: Expression, { rootAlias }: Facts, ranges: ValueRanges): Term | undefined {
  const path = documentPath(expression, rootAlias)
  return path === undefined ? undefined : [path, ranges]
}

function ofList(
  expression: Expression,
  list: readonly unknown[] | undefined,
  facts: Facts,
): Term | undefined {
  if (!list || list.length > mostRanges) return undefined
  return ofPath(
    expression,
    facts,
    list.reduce((ranges: ValueRanges, value) => union(ranges, equalTo(value)), []),
  )
}

/** The part of a LIKE pattern before anything that is not taken as it stands. */
function fixedPart(pattern: unknown): unknown {
  return typeof pattern === 'string' ? pattern.replace(/[%_[\\][^]*$/, '') : undefined
}
