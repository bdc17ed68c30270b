import type { CompileContext, Evaluate } from '../compile/scope.ts'
import type { Expression } from '../syntax/ast.ts'

/** A built-in function: how many arguments it takes and how a call of it is made. */
export interface BuiltIn {
  fewest: number
  most: number
  compile: (args: Evaluate[], context: CompileContext, call: Expression & { kind: 'call' }) => Evaluate
}

/** The functions of one file, by upper-case name. */
export type BuiltIns = Record<string, BuiltIn>

/** A function of its arguments' values that is undefined where any of them is. */
export function strict(fewest: number, most: number, apply: (...values: unknown[]) => unknown): BuiltIn {
  return {
    fewest,
    most,
    compile: (args) => (row) => {
      const values: unknown[] = []
      for (const arg of args) {
        const value = arg(row)
        if (value === undefined) return undefined
        values.push(value)
      }
      return apply(...values)
    },
  }
}

/** A function that is also called with undefined arguments. */
export function lenient(fewest: number, most: number, apply: (...values: unknown[]) => unknown): BuiltIn {
  return { fewest, most, compile: (args) => (row) => apply(...args.map((arg) => arg(row))) }
}

/** A function of numbers; undefined for anything else. */
export function ofNumbers(count: number, apply: (...values: number[]) => unknown): BuiltIn {
  return strict(count, count, (...values) =>
    values.every((value) => typeof value === 'number') ? finiteOrSame(apply(...values)) : undefined,
  )
}

/** A function of strings; undefined for anything else. */
export function ofStrings(count: number, apply: (...values: string[]) => unknown): BuiltIn {
  return strict(count, count, (...values) =>
    values.every((value) => typeof value === 'string') ? apply(...values) : undefined,
  )
}

function finiteOrSame(value: unknown): unknown {
  return typeof value === 'number' && !Number.isFinite(value) ? undefined : value
}

/** Whether a value is a whole number. */
export function isInteger(value: unknown): value is number {
  return Number.isInteger(value)
}

/** OR over many: true where one is, else undefined where one is, else false. */
export function anyOf(values: readonly (boolean | undefined)[]): boolean | undefined {
  if (values.includes(true)) return true
  return values.includes(undefined) ? undefined : false
}

/** AND over many: false where one is, else undefined where one is, else true. */
export function allOf(values: readonly (boolean | undefined)[]): boolean | undefined {
  if (values.includes(false)) return false
  return values.includes(undefined) ? undefined : true
}
