import type { BinaryOperator, Expression, FromSource, Query } from './ast.ts'
import { isReserved } from './token-reader.ts'

/** The clauses of a query as text; those that are undefined or empty are left out. */
export interface QueryClauses {
  select: string
  from: string
  where?: string | undefined
  groupBy?: string | undefined
  orderBy?: string | undefined
  offsetLimit?: string | undefined
}

const plainName = /^[\p{L}_$][\p{L}\p{N}_$]*$/u

// Operators that a chain may mix without parentheses: they bind equally, from the left.
const chained: readonly (readonly BinaryOperator[])[] = [
  ['AND'],
  ['OR'],
  ['+', '-', '||'],
  ['*', '/', '%'],
  ['<<', '>>', '>>>'],
]

/** Writes a query as text that parses to the same query, with every operation in parentheses, as the service does. */
export function printQuery(query: Query): string {
  return joinClauses({
    select: `${query.isDistinct ? 'DISTINCT ' : ''}${query.top ? `TOP ${printExpression(query.top)} ` : ''}${printSelect(query.select)}`,
    from: printFrom(query.from),
    where: query.where && printExpression(query.where),
    groupBy: query.groupBy.map(printExpression).join(', '),
    orderBy: printOrderBy(query),
    offsetLimit:
      query.offset &&
      query.limit &&
      `OFFSET ${printExpression(query.offset)} LIMIT ${printExpression(query.limit)}`,
  })
}

/** Puts clauses together, a line each. */
export function joinClauses({ select, from, where, groupBy, orderBy, offsetLimit }: QueryClauses): string {
  const clauses = [
    `SELECT ${select}`,
    from && `FROM ${from}`,
    where && `WHERE ${where}`,
    groupBy && `GROUP BY ${groupBy}`,
    orderBy && `ORDER BY ${orderBy}`,
    offsetLimit,
  ]
  return clauses.filter((clause) => clause !== undefined && clause !== '').join('\n')
}

/** What stands after FROM: empty where the query has none. */
export function printFrom(sources: readonly FromSource[]): string {
  return sources.map(printSource).join('\nJOIN ')
}

/** What stands after ORDER BY: empty where the query has none. */
export function printOrderBy({ orderBy, isRanked }: Query): string {
  const keys = orderBy.map(
    ({ value, isDescending }) => `${printExpression(value)}${isDescending ? ' DESC' : ''}`,
  )
  return `${isRanked ? 'RANK ' : ''}${keys.join(', ')}`
}

/** Writes an expression as text. */
export function printExpression(expression: Expression): string {
  const print = printExpression
  switch (expression.kind) {
    case 'literal':
      return printLiteral(expression.value)
    case 'parameter':
    case 'name':
      return expression.name
    case 'member':
      return printMember(expression)
    case 'unary':
      return `(${expression.operator}${expression.operator === 'NOT' ? ' ' : ''}${print(expression.operand)})`
    case 'binary':
      return `(${printChain(expression)})`
    case 'conditional':
      return `(${print(expression.test)} ? ${print(expression.whenTrue)} : ${print(expression.otherwise)})`
    case 'between':
      return `(${print(expression.operand)}${not(expression)} BETWEEN ${print(expression.low)} AND ${print(expression.high)})`
    case 'in':
      return `(${print(expression.operand)}${not(expression)} IN (${expression.list.map(print).join(', ')}))`
    case 'like': {
      const escape = expression.escape ? ` ESCAPE ${print(expression.escape)}` : ''
      return `(${print(expression.operand)}${not(expression)} LIKE ${print(expression.pattern)}${escape})`
    }
    case 'call': {
      const prefix = expression.isUserDefined ? 'udf.' : ''
      return `${prefix}${expression.name}(${expression.args.map(print).join(', ')})`
    }
    case 'object':
      return printObject(expression.properties.map(({ key, value }) => [key, print(value)]))
    case 'array':
      return `[${expression.items.map(print).join(', ')}]`
    case 'subquery': {
      const word = expression.form === 'scalar' ? '' : expression.form.toUpperCase()
      return `${word}(${printSubquery(expression.query)})`
    }
  }
}

/** Writes an object whose values are text already. */
export function printObject(properties: readonly (readonly [string, string])[]): string {
  return `{${properties.map(([key, value]) => `${JSON.stringify(key)}: ${value}`).join(', ')}}`
}

/** On one line: the lines of a query are its own clauses. No text of a query holds a line break that is not escaped. */
function printSubquery(query: Query): string {
  return printQuery(query).replaceAll('\n', ' ')
}

function not({ isNegated }: { isNegated: boolean }): string {
  return isNegated ? ' NOT' : ''
}

function printLiteral(value: unknown): string {
  if (value === undefined) return 'undefined'
  // A number beyond all others has no digits of its own.
  if (value === Infinity) return '1e999'
  return JSON.stringify(value)
}

function printMember({ object, key }: Extract<Expression, { kind: 'member' }>): string {
  const isPath = ['name', 'member', 'call', 'parameter'].includes(object.kind)
  const owner = isPath ? printExpression(object) : `(${printExpression(object)})`
  const isPlain =
    key.kind === 'literal' &&
    typeof key.value === 'string' &&
    plainName.test(key.value) &&
    !isReserved(key.value)
  return isPlain ? `${owner}.${String(key.value)}` : `${owner}[${printExpression(key)}]`
}

/** Long chains are written flat: in nested parentheses they would be too deep to parse. */
function printChain(expression: Extract<Expression, { kind: 'binary' }>): string {
  const { operator } = expression
  const group = chained.find((operators) => operators.includes(operator)) ?? []
  const parts: string[] = []
  let node: Expression = expression
  while (node.kind === 'binary' && (node === expression || group.includes(node.operator))) {
    parts.unshift(`${node.operator} ${printExpression(node.right)}`)
    node = node.left
  }
  return `${printExpression(node)} ${parts.join(' ')}`
}

function printSelect(select: Query['select']): string {
  switch (select.kind) {
    case 'star':
      return '*'
    case 'value':
      return `VALUE ${printExpression(select.value)}`
    case 'list':
      return select.items
        .map(
          ({ value, name, isNamed }) =>
            `${printExpression(value)}${isNamed ? ` AS ${printAlias(name)}` : ''}`,
        )
        .join(', ')
  }
}

function printAlias(name: string): string {
  return plainName.test(name) && !isReserved(name) ? name : JSON.stringify(name)
}

function printSource({ alias, isIterated, source }: FromSource): string {
  const text = source.kind === 'query' ? `(${printSubquery(source)})` : printExpression(source)
  if (isIterated) return `${alias} IN ${text}`
  // A subquery without an alias has a name that cannot be written.
  return text === alias || !plainName.test(alias) ? text : `${text} AS ${alias}`
}
