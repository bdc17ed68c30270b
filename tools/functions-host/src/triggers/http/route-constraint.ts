import { HostError } from '../../errors.ts'
import { isDateText } from './date-text.ts'

/** Whether a parameter's value is one that its constraint takes. */
export type RouteConstraint = (value: string) => boolean

// White space around numbers is let through by .NET, and so are thousands separators wherever they stand.
const whole = /^[\t-\r ]*[+-]?\d+[\t-\r ]*$/
const real = /^[\t-\r ]*[+-]?(\d[\d,]*(\.\d*)?|\.\d+)(e[+-]?\d+)?[\t-\r ]*$/i
const notFinite = /^\s*([+-]?infinity|[+-]?nan)\s*$/i
const decimal = /^[\t-\r ]*([+-]?(\d[\d,]*(\.\d*)?|\.\d+)|(\d[\d,]*(\.\d*)?|\.\d+)[\t-\r ]*[+-])[\t-\r ]*$/
const mostDecimal = 79_228_162_514_264_337_593_543_950_335n
const guid =
  /^\s*([0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|\{[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\}|\([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\)|\{0x[0-9a-f]{1,8},(0x[0-9a-f]{1,4},){2}\{(0x[0-9a-f]{1,2},){7}0x[0-9a-f]{1,2}\}\})\s*$/i

/** Constraints that take no argument. */
const simple: Readonly<Record<string, RouteConstraint>> = {
  int: (value) => toWhole(value, 31n) !== undefined,
  long: (value) => toWhole(value, 63n) !== undefined,
  bool: (value) => /^\s*(true|false)\s*$/i.test(value),
  decimal: (value) =>
    decimal.test(value) && BigInt(value.split('.')[0]?.replaceAll(/\D/g, '') ?? '0') <= mostDecimal,
  double: (value) => real.test(value) || notFinite.test(value),
  float: (value) => real.test(value) || notFinite.test(value),
  datetime: isDateText,
  guid: (value) => guid.test(value),
  alpha: toTest('^[a-z]*$'),
  required: (value) => value !== '',
  file: isFileName,
  nonfile: (value) => !isFileName(value),
}

/** Constraints with arguments; each throws what is wrong with them. */
const withArguments: Readonly<Record<string, (text: string) => RouteConstraint>> = {
  length(text) {
    const [least, most = least] = toLengths(text, 1, 2)
    return ({ length }) => length >= least && length <= most
  },
  minlength(text) {
    const [least] = toLengths(text, 1, 1)
    return ({ length }) => length >= least
  },
  maxlength(text) {
    const [most] = toLengths(text, 1, 1)
    return ({ length }) => length <= most
  },
  min: (text) => between(toBound(text), 2n ** 63n),
  max: (text) => between(-(2n ** 63n), toBound(text)),
  range(text) {
    const [least = '', most = '', ...rest] = text.split(',')
    if (rest.length > 0) throw new Error('it takes two numbers')
    return between(toBound(least), toBound(most))
  },
  regex: (text) => toTest(text),
}

/** Reads a constraint such as `int` or `range(1,9)`. @throws HostError naming the template it stands in */
export function parseConstraint(text: string, template: string): RouteConstraint {
  const [, given = text, argument] = /^([^(]*)\(([^]*)\)$/.exec(text) ?? []
  const name = given.toLowerCase()
  const make = argument === undefined ? undefined : withArguments[name]
  const known = argument === undefined ? simple[name] : undefined
  if (known) return known
  if (make && argument !== undefined) {
    try {
      return make(argument)
    } catch (error) {
      throw new HostError(
        `The route "${template}" has a constraint that cannot be read, "${text}": ${(error as Error).message}.`,
      )
    }
  }
  if (name in simple || name in withArguments) {
    const remedy = name in simple ? 'it takes no argument' : 'it needs an argument in parentheses'
    throw new HostError(`The route "${template}" has a constraint that cannot be read, "${text}": ${remedy}.`)
  }
  throw new HostError(`The route "${template}" has a constraint that does not exist: "${given}".`)
}

/** The whole number that a text is, if it fits into this many bits and a sign. */
function toWhole(value: string, bits: bigint): bigint | undefined {
  if (!whole.test(value)) return undefined
  const text = value.trim()
  const number = BigInt(text.replace(/^[+-]/, '')) * (text.startsWith('-') ? -1n : 1n)
  return number < 2n ** bits && number >= -(2n ** bits) ? number : undefined
}

function between(least: bigint, most: bigint): RouteConstraint {
  if (least > most) throw new Error('its first number is above its second')
  return (value) => {
    const number = toWhole(value, 63n)
    return number !== undefined && number >= least && number <= most
  }
}

function toBound(text: string): bigint {
  const number = toWhole(text, 63n)
  if (number === undefined) throw new Error(`"${text}" is no whole number`)
  return number
}

function toLengths(text: string, fewest: number, most: number): [number, number?] {
  const lengths = text.split(',').map((part) => Number(toBound(part)))
  const [first = 0, second = first] = lengths
  if (lengths.length < fewest || lengths.length > most) throw new Error('it has too many arguments')
  if (first < 0 || second < first) throw new Error('its lengths are negative or the wrong way round')
  return lengths as [number, number?]
}

/** A regular expression of .NET: it ignores case, and `$` also stands before a line feed at the very end. */
function toTest(expression: string): RouteConstraint {
  const compiled = new RegExp(expression, 'i')
  return (value) => compiled.test(value) || (value.endsWith('\n') && compiled.test(value.slice(0, -1)))
}

/** Whether the last part of a path looks like a file: a dot, and something other than dots behind it. */
function isFileName(path: string): boolean {
  return /\.+[^./][^/]*$/.test(path)
}
