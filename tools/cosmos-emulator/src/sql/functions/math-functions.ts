import { ofNumbers, strict } from './built-in.ts'
import type { BuiltIn, BuiltIns } from './built-in.ts'

const one = (apply: (value: number) => number): BuiltIn => ofNumbers(1, apply)

/** Functions of numbers. */
export const mathFunctions: BuiltIns = {
  ABS: one(Math.abs),
  ACOS: one(Math.acos),
  ASIN: one(Math.asin),
  ATAN: one(Math.atan),
  ATN2: ofNumbers(2, (y = 0, x = 0) => Math.atan2(y, x)),
  CEILING: one(Math.ceil),
  COS: one(Math.cos),
  COT: one((value) => 1 / Math.tan(value)),
  DEGREES: one((value) => (value * 180) / Math.PI),
  EXP: one(Math.exp),
  FLOOR: one(Math.floor),
  LOG: strict(1, 2, (value, base) => {
    if (typeof value !== 'number' || (base !== undefined && typeof base !== 'number')) return undefined
    const result = base === undefined ? Math.log(value) : Math.log(value) / Math.log(base)
    return Number.isFinite(result) ? result : undefined
  }),
  LOG10: one(Math.log10),
  PI: strict(0, 0, () => Math.PI),
  POWER: ofNumbers(2, (base = 0, exponent = 0) => base ** exponent),
  RADIANS: one((value) => (value * Math.PI) / 180),
  RAND: strict(0, 0, () => Math.random()),
  ROUND: strict(1, 2, (value, digits = 0) => {
    if (typeof value !== 'number' || typeof digits !== 'number') return undefined
    const scale = 10 ** Math.trunc(digits)
    const rounded = roundHalfAway(value * scale) / scale
    return Number.isFinite(rounded) ? rounded : value
  }),
  SIGN: one(Math.sign),
  SIN: one(Math.sin),
  SQRT: one(Math.sqrt),
  SQUARE: one((value) => value * value),
  TAN: one(Math.tan),
  TRUNC: one(Math.trunc),
  NUMBERBIN: strict(1, 2, (value, size = 1) =>
    typeof value === 'number' && typeof size === 'number' && size !== 0
      ? Math.floor(value / size) * size
      : undefined,
  ),
  INTADD: integers((a, b) => a + b),
  INTSUB: integers((a, b) => a - b),
  INTMUL: integers((a, b) => a * b),
  INTDIV: integers((a, b) => (b === 0n ? undefined : a / b)),
  INTMOD: integers((a, b) => (b === 0n ? undefined : a % b)),
  INTBITAND: integers((a, b) => a & b),
  INTBITOR: integers((a, b) => a | b),
  INTBITXOR: integers((a, b) => a ^ b),
  INTBITLEFTSHIFT: integers((a, b) => (b < 0n || b > 63n ? undefined : a << b)),
  INTBITRIGHTSHIFT: integers((a, b) => (b < 0n || b > 63n ? undefined : a >> b)),
  INTBITNOT: strict(1, 1, (value) =>
    Number.isInteger(value) ? Number(~BigInt(value as number)) : undefined,
  ),
}

function integers(apply: (a: bigint, b: bigint) => bigint | undefined): BuiltIn {
  return strict(2, 2, (a, b) => {
    if (!Number.isInteger(a) || !Number.isInteger(b)) return undefined
    const result = apply(BigInt(a as number), BigInt(b as number))
    return result === undefined ? undefined : Number(BigInt.asIntN(64, result))
  })
}

function roundHalfAway(value: number): number {
  return Math.sign(value) * Math.round(Math.abs(value))
}
