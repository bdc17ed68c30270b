import type { Expression } from './ast.ts'

// Expressions that no text was parsed for: they stand nowhere.

/** A value that stands in a query. */
export function literalOf(value: unknown): Expression {
  return { kind: 'literal', value, start: 0, end: 0 }
}

/** A name as it is written. */
export function nameOf(name: string): Expression {
  return { kind: 'name', name, start: 0, end: 0 }
}

/** `[...]`. */
export function arrayOf(items: Expression[]): Expression {
  return { kind: 'array', items, start: 0, end: 0 }
}

/** `{...}`. */
export function objectOf(values: Record<string, Expression>): Expression {
  const properties = Object.entries(values).map(([key, value]) => ({ key, value }))
  return { kind: 'object', properties, start: 0, end: 0 }
}

/** A call of a built-in function. */
export function callOf(name: string, args: Expression[]): Expression {
  return { kind: 'call', name, args, isUserDefined: false, start: 0, end: 0 }
}
