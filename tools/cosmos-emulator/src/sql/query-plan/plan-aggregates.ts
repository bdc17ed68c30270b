import { badRequest } from '../../errors.ts'
import { isJsonObject } from '../../json.ts'
import { toAggregateKind } from '../compile/aggregates.ts'
import type { AggregateKind } from '../compile/aggregates.ts'
import type { Expression, Query } from '../syntax/ast.ts'
import { printExpression } from '../syntax/print-query.ts'

const clientNames: Record<AggregateKind, string> = {
  COUNT: 'Count',
  COUNTIF: 'CountIf',
  SUM: 'Sum',
  AVG: 'Average',
  MIN: 'Min',
  MAX: 'Max',
  MAKELIST: 'MakeList',
  MAKESET: 'MakeSet',
}

/** One property of a SELECT; that of SELECT VALUE has an empty name. */
export interface Selected {
  value: Expression
  name: string
}

/** What a query selects, property by property: nothing for `SELECT *`. */
export function selectedOf({ select }: Query): Selected[] {
  if (select.kind === 'list') return select.items
  return select.kind === 'value' ? [{ value: select.value, name: '' }] : []
}

/** The name by which clients know the aggregate that an expression calls; undefined where it calls none. */
export function clientAggregate(expression: Expression): string | undefined {
  const kind = aggregateKind(expression)
  return kind && clientNames[kind]
}

/** The parts of an aggregate that each partition computes, and from which a client makes the whole. */
export function partialAggregate(expression: Expression): string {
  const whole = printExpression(expression)
  const kind = aggregateKind(expression)
  const argument = expression.kind === 'call' && expression.args[0] ? printExpression(expression.args[0]) : ''
  if (kind === 'AVG') return `{"item": {"sum": SUM(${argument}), "count": COUNT(${argument})}}`
  // An extreme of nothing is undefined, as is one of arrays: the count tells them apart.
  if (kind === 'MIN' || kind === 'MAX')
    return `{"item": ${whole}, "item2": {"${kind.toLowerCase()}": ${whole}, "count": COUNT(${argument})}}`
  return `{"item": ${whole}}`
}

/** Clients merge bare aggregates only. @throws ServiceError 400 for `SUM(c.a) / 2` and the like */
export function checkCompositions(query: Query): void {
  for (const { value } of selectedOf(query))
    if (aggregateKind(value) === undefined && holdsAggregate(value))
      throw badRequest('Compositions of aggregates and other expressions are not allowed.')
}

function aggregateKind(expression: Expression): AggregateKind | undefined {
  return expression.kind === 'call' && !expression.isUserDefined
    ? toAggregateKind(expression.name)
    : undefined
}

/** The aggregates of a subquery are its own affair. */
function holdsAggregate(node: unknown): boolean {
  if (Array.isArray(node)) return node.some(holdsAggregate)
  if (!isJsonObject(node) || node.kind === 'subquery') return false
  if (node.kind === 'call' && aggregateKind(node as unknown as Expression) !== undefined) return true
  return Object.values(node).some(holdsAggregate)
}
