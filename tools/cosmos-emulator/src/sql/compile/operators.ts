import type { BinaryOperator } from '../syntax/ast.ts'
import type { Evaluate } from './scope.ts'
import { areEqual, compareValues, finite, typeRank } from './values.ts'

/** An operator before its operand. Undefined for an operand of another type. */
export function compileUnary(operator: '-' | '+' | '~' | 'NOT', operand: Evaluate): Evaluate {
  switch (operator) {
    case 'NOT':
      return not(operand)
    case '-':
      return numeric(operand, (value) => -value)
    case '+':
      return numeric(operand, (value) => value)
    case '~':
      return numeric(operand, (value) => ~value)
  }
}

function numeric(operand: Evaluate, apply: (value: number) => number): Evaluate {
  return (row) => {
    const value = operand(row)
    return typeof value === 'number' ? apply(value) : undefined
  }
}

/** NOT. */
export function not(operand: Evaluate): Evaluate {
  return (row) => {
    const value = operand(row)
    return typeof value === 'boolean' ? !value : undefined
  }
}

/** AND: false where either side is, whatever the other one is. */
export function and(left: Evaluate, right: Evaluate): Evaluate {
  return (row) => {
    const first = left(row)
    if (first === false) return false
    const second = right(row)
    if (second === false) return false
    return first === true && second === true ? true : undefined
  }
}

/** OR: true where either side is, whatever the other one is. */
function or(left: Evaluate, right: Evaluate): Evaluate {
  return (row) => {
    const first = left(row)
    if (first === true) return true
    const second = right(row)
    if (second === true) return true
    return first === false && second === false ? false : undefined
  }
}

const arithmetic: Partial<Record<BinaryOperator, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '%': (a, b) => a % b,
  '&': (a, b) => a & b,
  '|': (a, b) => a | b,
  '^': (a, b) => a ^ b,
  '<<': (a, b) => a << b,
  '>>': (a, b) => a >> b,
  '>>>': (a, b) => a >>> b,
}

const orderings: Partial<Record<BinaryOperator, (difference: number) => boolean>> = {
  '<': (difference) => difference < 0,
  '<=': (difference) => difference <= 0,
  '>': (difference) => difference > 0,
  '>=': (difference) => difference >= 0,
}

/** An operator between two operands. Undefined for operands of types that it does not take. */
export function compileBinary(operator: BinaryOperator, left: Evaluate, right: Evaluate): Evaluate {
  if (operator === 'AND') return and(left, right)
  if (operator === 'OR') return or(left, right)
  if (operator === '??')
    return (row) => {
      const value = left(row)
      return value === undefined ? right(row) : value
    }
  const calculate = arithmetic[operator]
  if (calculate)
    return both(left, right, (a, b) =>
      typeof a === 'number' && typeof b === 'number' ? finite(calculate(a, b)) : undefined,
    )
  const isInOrder = orderings[operator]
  if (isInOrder)
    return both(left, right, (a, b) => {
      const rank = typeRank(a)
      return rank === typeRank(b) && rank < 5 ? isInOrder(compareValues(a, b)) : undefined
    })
  if (operator === '||')
    return both(left, right, (a, b) => (typeof a === 'string' && typeof b === 'string' ? a + b : undefined))
  return operator === '=' ? both(left, right, areEqual) : both(left, right, (a, b) => !areEqual(a, b))
}

/** A function of two values that is undefined where either is. */
function both(left: Evaluate, right: Evaluate, apply: (a: unknown, b: unknown) => unknown): Evaluate {
  return (row) => {
    const a = left(row)
    if (a === undefined) return undefined
    const b = right(row)
    return b === undefined ? undefined : apply(a, b)
  }
}
