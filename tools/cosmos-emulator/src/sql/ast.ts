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
    | { kind: 'subquery'; form: 'scalar' | 'exists' | 'array'; query: Query }
  )

/** One source of FROM: an alias for a value, or for each element of an array. */
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
  offset: Expression | undefined
  limit: Expression | undefined
}

/** A text that is equal for expressions that are: their shape without places. */
export function shapeOf(node: unknown): string {
  return JSON.stringify(node, (key, value: unknown) => (key === 'start' || key === 'end' ? undefined : value))
}
