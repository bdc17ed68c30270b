import { isJsonObject, ownProperty, setProperty } from '../../json.ts'
import { findFunction } from '../functions/registry.ts'
import { isSameShape } from '../syntax/ast.ts'
import type { Expression } from '../syntax/ast.ts'
import { sqlError } from '../syntax/sql-error.ts'
import { toAggregateKind } from './aggregates.ts'
import { isLike } from './like.ts'
import { and, compileBinary, compileUnary, not } from './operators.ts'
import { innerScope, lookUp } from './scope.ts'
import type { ComputedProperty, Evaluate, Scope } from './scope.ts'
import { areEqual } from './values.ts'

/** Makes a function of an expression. @throws ServiceError 400 for names and functions that do not exist */
export function compileExpression(expression: Expression, scope: Scope): Evaluate {
  if (isGroupKey(expression, scope)) return compileExpression(expression, { ...scope, grouping: undefined })
  const evaluate = compileKind(expression, scope)
  if (expression.kind !== 'object' && expression.kind !== 'array') return evaluate
  // Made once, a constant such as a shape or a vector is also read once.
  if (!isConstant(expression)) return evaluate
  const value = evaluate([])
  return () => value
}

function isGroupKey(expression: Expression, { grouping }: Scope): boolean {
  return grouping?.keys.some((key) => isSameShape(key, expression)) === true
}

function isConstant(expression: Expression): boolean {
  if (expression.kind === 'unary') return isConstant(expression.operand)
  if (expression.kind === 'array') return expression.items.every(isConstant)
  if (expression.kind === 'object') return expression.properties.every(({ value }) => isConstant(value))
  return expression.kind === 'literal' || expression.kind === 'parameter'
}

function compileKind(expression: Expression, scope: Scope): Evaluate {
  switch (expression.kind) {
    case 'literal': {
      const { value } = expression
      return () => value
    }
    case 'parameter':
      return compileParameter(expression, scope)
    case 'name':
      return compileName(expression, scope)
    case 'member':
      return compileMember(expression, scope)
    case 'unary':
      return compileUnary(expression.operator, compileExpression(expression.operand, scope))
    case 'binary':
      return compileBinary(
        expression.operator,
        compileExpression(expression.left, scope),
        compileExpression(expression.right, scope),
      )
    case 'conditional': {
      const [test, whenTrue, otherwise] = compileAll(
        [expression.test, expression.whenTrue, expression.otherwise],
        scope,
      )
      return (row) => (test?.(row) === true ? whenTrue?.(row) : otherwise?.(row))
    }
    case 'between': {
      const [operand, low, high] = compileAll([expression.operand, expression.low, expression.high], scope)
      const test = and(
        compileBinary('>=', operand ?? none, low ?? none),
        compileBinary('<=', operand ?? none, high ?? none),
      )
      return expression.isNegated ? not(test) : test
    }
    case 'in':
      return compileIn(expression, scope)
    case 'like':
      return compileLike(expression, scope)
    case 'call':
      return compileCall(expression, scope)
    case 'object':
      return compileObject(expression, scope)
    case 'array': {
      const items = compileAll(expression.items, scope)
      return (row) => items.map((item) => item(row)).filter((value) => value !== undefined)
    }
    case 'subquery':
      return compileSubqueryExpression(expression, scope)
  }
}

const none: Evaluate = () => undefined

function compileAll(expressions: readonly Expression[], scope: Scope): Evaluate[] {
  return expressions.map((expression) => compileExpression(expression, scope))
}

function compileParameter(expression: Expression & { kind: 'parameter' }, scope: Scope): Evaluate {
  const { parameters } = scope.context
  if (!parameters.has(expression.name))
    throw sqlError('SC2013', `The parameter '${expression.name}' is not given.`, expression)
  const value = parameters.get(expression.name)
  return () => value
}

/** Numbers that have no digits. They are no keywords: an alias may be called so. */
const specialNumbers = new Map([
  ['NaN', Number.NaN],
  ['Infinity', Infinity],
])

function compileName(expression: Expression & { kind: 'name' }, scope: Scope): Evaluate {
  const found = lookUp(scope, expression.name)
  const special = found ? undefined : specialNumbers.get(expression.name)
  if (special !== undefined) return () => special
  if (!found) throw sqlError('SC2001', `Identifier '${expression.name}' could not be resolved.`, expression)
  if (scope.grouping && found.owner.names === scope.names)
    throw sqlError(
      'SC2102',
      `Property reference '${expression.name}' is invalid in the select list because it is not contained in either an aggregate function or the GROUP BY clause.`,
      expression,
    )
  const { slot } = found
  return (row) => row[slot]
}

/** A path is walked from its end, so that a long one is no deep call. */
function compileMember(expression: Expression & { kind: 'member' }, scope: Scope): Evaluate {
  const keys: Expression[] = []
  let node: Expression = expression
  let computed: ComputedProperty | undefined
  while (node.kind === 'member' && (node === expression || !isGroupKey(node, scope))) {
    computed = computedProperty(node, scope)
    if (computed) break
    keys.push(node.key)
    node = node.object
  }
  const base = computed ? compileComputed(computed, scope) : compileExpression(node, scope)
  return follow(base, keys.toReversed(), scope)
}

function follow(base: Evaluate, keys: readonly Expression[], scope: Scope): Evaluate {
  const constants = keys.flatMap((key) => (key.kind === 'literal' ? [key.value] : []))
  const isConstantPath = constants.length === keys.length
  const evaluated = isConstantPath ? [] : compileAll(keys, scope)
  return (row) => {
    let value = base(row)
    if (isConstantPath) for (const key of constants) value = memberOf(value, key)
    else for (const key of evaluated) value = memberOf(value, key(row))
    return value
  }
}

/** The value of a computed property knows the document alone: no names of the query, no other computed properties. */
function compileComputed({ alias, value }: ComputedProperty, { context }: Scope): Evaluate {
  const scope = innerScope({ ...context, computed: new Map() }, undefined)
  scope.names.set(alias, context.rootSlot)
  const evaluate = compileExpression(value, scope)
  context.nextSlot = scope.context.nextSlot
  return evaluate
}

function computedProperty(
  expression: Expression & { kind: 'member' },
  scope: Scope,
): ComputedProperty | undefined {
  const { object, key } = expression
  if (scope.context.computed.size === 0 || object.kind !== 'name' || key.kind !== 'literal') return undefined
  const owner = lookUp(scope, object.name)?.owner
  return owner?.rootName === object.name ? scope.context.computed.get(String(key.value)) : undefined
}

function memberOf(value: unknown, key: unknown): unknown {
  if (typeof key === 'string') return isJsonObject(value) ? ownProperty(value, key) : undefined
  return typeof key === 'number' && Array.isArray(value) ? value[key] : undefined
}

function compileIn(expression: Expression & { kind: 'in' }, scope: Scope): Evaluate {
  const operand = compileExpression(expression.operand, scope)
  const list = compileAll(expression.list, scope)
  const test: Evaluate = (row) => {
    const value = operand(row)
    if (value === undefined) return undefined
    return list.some((item) => areEqual(value, item(row)))
  }
  return expression.isNegated ? not(test) : test
}

function compileLike(expression: Expression & { kind: 'like' }, scope: Scope): Evaluate {
  const text = compileExpression(expression.operand, scope)
  const pattern = compileExpression(expression.pattern, scope)
  const mark = expression.escape ? compileExpression(expression.escape, scope) : none
  const { checkTime } = scope.context
  const test: Evaluate = (row) => {
    const [value, form, escape] = [text(row), pattern(row), mark(row)]
    if (typeof value !== 'string' || typeof form !== 'string') return undefined
    return isLike(value, form, { escape: typeof escape === 'string' ? escape : undefined, checkTime })
  }
  return expression.isNegated ? not(test) : test
}

function compileObject(expression: Expression & { kind: 'object' }, scope: Scope): Evaluate {
  const properties = expression.properties.map(
    ({ key, value }) => [key, compileExpression(value, scope)] as const,
  )
  return (row) => {
    const object = {}
    for (const [key, evaluate] of properties) {
      const value = evaluate(row)
      if (value !== undefined) setProperty(object, key, value)
    }
    return object
  }
}

function compileCall(expression: Expression & { kind: 'call' }, scope: Scope): Evaluate {
  const { name, args, start } = expression
  if (expression.isUserDefined) return compileUserDefined(expression, scope)
  if (toAggregateKind(name)) return compileAggregate(expression, scope)
  const found = findFunction(name, start)
  if (args.length < found.fewest || args.length > found.most)
    throw wrongCount(expression, found.fewest, found.most)
  return found.compile(compileAll(args, scope), scope.context, expression)
}

/** The count of a function with optional arguments is told as a range: `2 to 3`. */
function wrongCount(
  expression: Expression & { kind: 'call' },
  fewest: number,
  most: number,
): ReturnType<typeof sqlError> {
  const count = fewest === most ? String(fewest) : `${fewest} to ${most}`
  return sqlError(
    'SC2050',
    `The ${expression.name.toUpperCase()} function requires ${count} argument(s).`,
    expression,
  )
}

function compileUserDefined(expression: Expression & { kind: 'call' }, scope: Scope): Evaluate {
  const { name } = expression
  const call = scope.context.userDefined?.(name)
  if (!call) throw sqlError('SC2006', `'${name}' is not a recognized user-defined function name.`, expression)
  const args = compileAll(expression.args, scope)
  return (row) => call(args.map((arg) => arg(row)))
}

function compileAggregate(expression: Expression & { kind: 'call' }, scope: Scope): Evaluate {
  const kind = toAggregateKind(expression.name)
  const { grouping, context } = scope
  if (!grouping || !kind)
    throw sqlError('SC2101', `The aggregate function '${expression.name}' is not allowed here.`, expression)
  const [argument] = expression.args
  if (!argument || expression.args.length !== 1) throw wrongCount(expression, 1, 1)
  const slot = context.nextSlot
  context.nextSlot += 1
  grouping.aggregates.push({
    kind,
    argument: compileExpression(argument, { ...scope, grouping: undefined }),
    slot,
  })
  return (row) => row[slot]
}

function compileSubqueryExpression(expression: Expression & { kind: 'subquery' }, scope: Scope): Evaluate {
  const { form, query } = expression
  if (form === 'all')
    throw sqlError('SC2201', 'The emulator does not have subqueries of ALL: say it with EXISTS.', expression)
  const collect = scope.context.compileSubquery(query, scope)
  switch (form) {
    case 'array':
      return (row) => collect(row)
    case 'exists':
      return (row) => collect(row).length > 0
    case 'first':
      return (row) => collect(row)[0]
    case 'last':
      return (row) => collect(row).at(-1)
    case 'scalar':
      return (row) => {
        const values = collect(row)
        if (values.length > 1)
          throw sqlError(
            'SC2200',
            'The cardinality of a scalar subquery result set cannot be greater than one.',
            expression,
          )
        return values[0]
      }
  }
}
