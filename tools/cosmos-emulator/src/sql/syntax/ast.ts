import { ownProperty } from '../../json.ts'

/** Where a node stands in the text of the query. */
export interface Location {
  start: number
  end: number
}

/** Operators of two operands. */
export type BinaryOperator =
  | 'AND'
  | 'OR'
  | '='
  | '!='
  | '<'
  | '<='
  | '>'
  | '>='
  | '+'
  | '-'
  | '*'
  | '/'
  | '%'
  | '||'
  | '??'
  | '&'
  | '|'
  | '^'
  | '<<'
  | '>>'
  | '>>>'

/** What becomes of the rows of a subquery: its one row, whether there are any, all of them, whether all are true, one end. */
export type SubqueryForm = 'scalar' | 'exists' | 'array' | 'all' | 'first' | 'last'

/** An expression. */
export type Expression = Location &
  (
    | { kind: 'literal'; value: unknown }
    | { kind: 'parameter'; name: string }
    | { kind: 'name'; name: string }
    | { kind: 'member'; object: Expression; key: Expression }
    | { kind: 'unary'; operator: '-' | '+' | '~' | 'NOT'; operand: Expression }
    | { kind: 'binary'; operator: BinaryOperator; left: Expression; right: Expression }
    | { kind: 'conditional'; test: Expression; whenTrue: Expression; otherwise: Expression }
    | { kind: 'between'; operand: Expression; low: Expression; high: Expression; isNegated: boolean }
    | { kind: 'in'; operand: Expression; list: Expression[]; isNegated: boolean }
    | {
        kind: 'like'
        operand: Expression
        pattern: Expression
        escape: Expression | undefined
        isNegated: boolean
      }
    | { kind: 'call'; name: string; args: Expression[]; isUserDefined: boolean }
    | { kind: 'object'; properties: { key: string; value: Expression }[] }
    | { kind: 'array'; items: Expression[] }
    | { kind: 'subquery'; form: SubqueryForm; query: Query }
  )

/** One source of FROM: an alias for a value, or for each element of an array. A subquery may go without an alias. */
export interface FromSource extends Location {
  alias: string
  isIterated: boolean
  source: Expression | Query
}

/** A query, or a subquery. */
export interface Query extends Location {
  kind: 'query'
  isDistinct: boolean
  top: Expression | undefined
  select:
    | { kind: 'star' }
    | { kind: 'value'; value: Expression }
    | { kind: 'list'; items: { value: Expression; name: string; isNamed: boolean }[] }
  from: FromSource[]
  where: Expression | undefined
  groupBy: Expression[]
  orderBy: { value: Expression; isDescending: boolean }[]
  /** `ORDER BY RANK`: the one key of orderBy is a score, the best first. */
  isRanked: boolean
  offset: Expression | undefined
  limit: Expression | undefined
}

/** Whether two expressions say the same, wherever they stand. */
export function isSameShape(a: unknown, b: unknown): boolean {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b
  const names = Object.keys(a).filter((name) => name !== 'start' && name !== 'end')
  return (
    Array.isArray(a) === Array.isArray(b) &&
    Object.keys(a).length === Object.keys(b).length &&
    names.every((name) => Object.hasOwn(b, name) && isSameShape(ownProperty(a, name), ownProperty(b, name)))
  )
}
