import { isJsonObject, setProperty } from '../../json.ts'
import type { Expression, FromSource, Query } from '../syntax/ast.ts'
import { sqlError } from '../syntax/sql-error.ts'
import { compileExpression } from './compile-expression.ts'
import type { CompiledQuery, Visit } from './compiled-query.ts'
import { runBlocking } from './run-blocking.ts'
import { declare, innerScope, lookUp } from './scope.ts'
import type { AggregateSlot, CompileContext, Evaluate, Grouping, Row, Scope } from './scope.ts'
import { sortsHighestFirst } from './vector-distance.ts'

/** Compiles a query of its own. The document goes into the slot `context.rootSlot`. */
export function compileMainQuery(
  query: Query,
  context: Omit<CompileContext, 'compileSubquery'>,
): CompiledQuery {
  const full: CompileContext = Object.assign(context, { compileSubquery })
  return compileQuery(query, innerScope(full, undefined))
}

function compileSubquery(query: Query, parent: Scope): (row: Row) => unknown[] {
  refuseInSubquery(query)
  const compiled = compileQuery(query, innerScope(parent.context, parent))
  return (row) => runBlocking(compiled, (visit) => compiled.enumerate(row, visit)).map(({ value }) => value)
}

function refuseInSubquery({ orderBy, offset, limit }: Query): void {
  const [key] = orderBy
  if (key) throw sqlError('SC2202', "'ORDER BY' is not supported in subqueries.", key.value)
  if (offset && limit)
    throw sqlError('SC2204', "'OFFSET LIMIT' clause is not supported in subqueries.", {
      start: offset.start,
      end: limit.end,
    })
}

function compileQuery(query: Query, scope: Scope): CompiledQuery {
  const bindings = query.from.map((source, index) => compileSource(source, scope, index === 0))
  const where = query.where ? compileExpression(query.where, scope) : undefined
  const aggregates: AggregateSlot[] = []
  const groupBy = query.groupBy.map((key) => compileExpression(key, scope))
  const project = compileSelect(query, scope, { aggregates, keys: query.groupBy })
  const isGrouped = groupBy.length > 0 || aggregates.length > 0
  if (isGrouped && query.orderBy.length > 0)
    throw sqlError('SC2103', "'ORDER BY' is not supported in a query with aggregates or 'GROUP BY'.", query)
  const orderBy = query.orderBy.map(({ value, isDescending }) => ({
    key: compileExpression(value, scope),
    isDescending: sortsHighestFirst(value, scope.context) ?? isDescending,
  }))
  const top = count(query.top, scope)
  return {
    enumerate: (row, visit) =>
      enumerateFrom(bindings, 0, row, (bound) =>
        where !== undefined && where(bound) !== true ? false : visit(bound),
      ),
    project,
    isValue: query.select.kind === 'value',
    isStar: query.select.kind === 'star',
    isDistinct: query.isDistinct,
    isGrouped,
    groupBy,
    aggregates,
    orderBy,
    offset: count(query.offset, scope) ?? 0,
    limit: Math.min(top ?? Infinity, count(query.limit, scope) ?? Infinity),
    rootAlias: scope.rootName,
    checkTime: scope.context.checkTime,
  }
}

type Bind = (row: Row, next: () => boolean) => boolean

function enumerateFrom(bindings: readonly Bind[], at: number, row: Row, visit: Visit): boolean {
  const bind = bindings[at]
  if (!bind) return visit(row)
  return bind(row, () => enumerateFrom(bindings, at + 1, row, visit))
}

function compileSource(source: FromSource, scope: Scope, isFirst: boolean): Bind {
  const { checkTime } = scope.context
  if (isFirst && source.source.kind === 'name' && !source.isIterated && isRoot(source.source.name, scope)) {
    scope.names.set(source.alias, scope.context.rootSlot)
    scope.rootName = source.alias
    return (_, next) => next()
  }
  const values = compileSourceValues(source, scope, isFirst)
  if (scope.names.has(source.alias))
    throw sqlError('SC2014', `The input alias '${source.alias}' is used more than once.`, source)
  const slot = declare(scope, source.alias)
  return (row, next) => {
    for (const value of values(row)) {
      checkTime()
      row[slot] = value
      if (next()) return true
    }
    return false
  }
}

function compileSourceValues(
  source: FromSource,
  scope: Scope,
  isFirst: boolean,
): (row: Row) => readonly unknown[] {
  if (source.source.kind === 'query') {
    const collect = compileSubquery(source.source, scope)
    return source.isIterated ? (row) => collect(row).flatMap(elements) : collect
  }
  const base = baseName(source.source)
  const sourceScope = isFirst && base !== undefined && isRoot(base, scope) ? withRoot(base, scope) : scope
  const evaluate = compileExpression(source.source, sourceScope)
  if (source.isIterated) return (row) => elements(evaluate(row))
  return (row) => {
    const value = evaluate(row)
    return value === undefined ? [] : [value]
  }
}

/** The first name of the first FROM stands for the documents, whatever it is, unless an outer query has such a name. */
function isRoot(name: string, scope: Scope): boolean {
  return lookUp(scope, name) === undefined
}

function withRoot(name: string, scope: Scope): Scope {
  const rooted = innerScope(scope.context, scope)
  rooted.names.set(name, scope.context.rootSlot)
  return rooted
}

function elements(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

/** The name that a path such as `c.a[0].b` begins with. */
export function baseName(expression: Expression): string | undefined {
  let node = expression
  while (node.kind === 'member') node = node.object
  return node.kind === 'name' ? node.name : undefined
}

function compileSelect(query: Query, scope: Scope, grouping: Grouping): Evaluate {
  const { select } = query
  // Whether a query has aggregates is known only once its SELECT has been seen.
  const isGrouped = query.groupBy.length > 0 || selectHasAggregate(query)
  const selectScope: Scope = isGrouped ? { ...scope, grouping } : scope
  switch (select.kind) {
    case 'star': {
      const [source] = query.from
      if (!source) throw sqlError('SC2040', "'SELECT *' is not valid if FROM clause is omitted.", query)
      if (query.from.length > 1 || query.groupBy.length > 0)
        throw sqlError('SC2041', "'SELECT *' is only valid with a single input set.", query)
      const slot = scope.names.get(source.alias) ?? scope.context.rootSlot
      return (row) => row[slot]
    }
    case 'value':
      return compileExpression(select.value, selectScope)
    case 'list': {
      const items = select.items.map(
        ({ value, name }) => [name, compileExpression(value, selectScope)] as const,
      )
      return (row) => {
        const object = {}
        for (const [name, evaluate] of items) {
          const value = evaluate(row)
          if (value !== undefined) setProperty(object, name, value)
        }
        return object
      }
    }
  }
}

function selectHasAggregate({ select }: Query): boolean {
  switch (select.kind) {
    case 'star':
      return false
    case 'value':
      return hasAggregate(select.value)
    case 'list':
      return select.items.some(({ value }) => hasAggregate(value))
  }
}

const aggregateNames = new Set(['COUNT', 'COUNTIF', 'SUM', 'AVG', 'MIN', 'MAX', 'MAKELIST', 'MAKESET'])

/** Whether an expression calls an aggregate; those in its subqueries are theirs. */
function hasAggregate(node: unknown): boolean {
  if (Array.isArray(node)) return node.some(hasAggregate)
  if (!isJsonObject(node) || node.kind === 'subquery') return false
  if (node.kind === 'call' && aggregateNames.has(String(node.name).toUpperCase())) return true
  return Object.values(node).some(hasAggregate)
}

function count(expression: Expression | undefined, scope: Scope): number | undefined {
  if (!expression) return undefined
  const value = compileExpression(expression, scope)([])
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0)
    throw sqlError('SC2062', 'The value of TOP, OFFSET and LIMIT must be a non-negative integer.', expression)
  return value
}
