import { HostError, NotImplementedError } from '../../errors.ts'

/** Whether a parameter's value is one that its constraint takes. */
export type RouteConstraint = (value: string) => boolean

// White space around numbers is let through by .NET, and so are thousands separators wherever they stand.
const whole = /^[\t-\r ]*[+-]?\d+[\t-\r ]*$/
const real = /^[\t-\r ]*[+-]?(\d[\d,]*(\.\d*)?|\.\d+)(e[+-]?\d+)?[\t-\r ]*$/i
const notFinite = /^[\t-\r ]*([+-]?(infinity|∞)|[+-]?nan)[\t-\r ]*$/i
const decimal = /^[\t-\r ]*[+-]?(\d[\d,]*(\.\d*)?|\.\d+)[+-]?[\t-\r ]*$/
const timeOfDay = /^([01]?\d|2[0-3]):[0-5]?\d(:[0-5]?\d(\.\d+)?)?$/
const mostDecimal = 79_228_162_514_264_337_593_543_950_335n

const simple: Readonly<Record<string, RouteConstraint>> = {
  int: (value) => isWhole(value, 31n),
  long: (value) => isWhole(value, 63n),
  bool: (value) => /^[\t-\r ]*(true|false)[\t-\r ]*$/i.test(value),
  decimal: (value) =>
    decimal.test(value) && BigInt(value.split('.')[0]?.replaceAll(/\D/g, '') ?? '0') <= mostDecimal,
  double: (value) => real.test(value) || notFinite.test(value),
  float: (value) => real.test(value) || notFinite.test(value),
  datetime: (value) => timeOfDay.test(value) || !Number.isNaN(Date.parse(value)),
  guid: (value) => /^\{?[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}\}?$/i.test(value),
  alpha: (value) => /^[a-z]*$/i.test(value),
  required: (value) => value !== '',
}

/** Reads a constraint such as `int` or `range(1,9)`. @throws HostError naming the template it stands in */
export function parseConstraint(text: string, template: string): RouteConstraint {
  const [, given = '', argument = ''] = /^([a-zA-Z]+)(?:\((.*)\))?$/.exec(text) ?? []
  const name = given.toLowerCase()
  const known = simple[name]
  if (known) return known
  const [low = 0, high = low] = argument.split(',').map(Number)
  switch (name) {
    case 'length':
      return (value) => value.length >= low && value.length <= high
    case 'minlength':
      return (value) => value.length >= low
    case 'maxlength':
      return (value) => value.length <= low
    case 'min':
      return (value) => isWhole(value, 63n) && Number(value) >= low
    case 'max':
      return (value) => isWhole(value, 63n) && Number(value) <= low
    case 'range':
      return (value) => isWhole(value, 63n) && Number(value) >= low && Number(value) <= high
    case 'regex': {
      const expression = new RegExp(argument, 'i')
      return (value) => expression.test(value)
    }
    case 'file':
    case 'nonfile':
      throw new NotImplementedError(`The route constraint "${given}" of "${template}"`)
    default:
      throw new HostError(`The route "${template}" has a constraint that does not exist: "${given}".`)
  }
}

/** Whether it is a whole number that fits into this many bits and a sign. */
function isWhole(value: string, bits: bigint): boolean {
  if (!whole.test(value)) return false
  const text = value.trim()
  const number = BigInt(text.replace(/^[+-]/, '')) * (text.startsWith('-') ? -1n : 1n)
  return number < 2n ** bits && number >= -(2n ** bits)
}
