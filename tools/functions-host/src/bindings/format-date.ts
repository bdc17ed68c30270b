import { HostError } from '../errors.ts'

const months = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
]
const days = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']

/** .NET's standard formats, of one letter, in the invariant culture. */
const standardFormats: Readonly<Record<string, string>> = {
  d: 'MM/dd/yyyy',
  D: 'dddd, dd MMMM yyyy',
  f: 'dddd, dd MMMM yyyy HH:mm',
  F: 'dddd, dd MMMM yyyy HH:mm:ss',
  g: 'MM/dd/yyyy HH:mm',
  G: 'MM/dd/yyyy HH:mm:ss',
  m: 'MMMM dd',
  M: 'MMMM dd',
  o: "yyyy'-'MM'-'dd'T'HH':'mm':'ss'.'fffffffK",
  O: "yyyy'-'MM'-'dd'T'HH':'mm':'ss'.'fffffffK",
  r: "ddd, dd MMM yyyy HH':'mm':'ss 'GMT'",
  R: "ddd, dd MMM yyyy HH':'mm':'ss 'GMT'",
  s: "yyyy'-'MM'-'dd'T'HH':'mm':'ss",
  t: 'HH:mm',
  T: 'HH:mm:ss',
  u: "yyyy'-'MM'-'dd HH':'mm':'ss'Z'",
  U: 'dddd, dd MMMM yyyy HH:mm:ss',
  y: 'yyyy MMMM',
  Y: 'yyyy MMMM',
}

/** A run of one letter, quoted text, an escaped character, or any other character. */
const token = /([dfFghHKmMstyz])\1*|'([^']*)'|"([^"]*)"|\\(.)|%|[^]/g

/** Formats a time as .NET does, in UTC and the invariant culture: `yyyy-MM-dd`, `HH:mm`, `o`, ... @throws HostError for what is no format */
export function formatDate(date: Date, format: string): string {
  const pattern = format.length === 1 ? standardFormats[format] : format
  if (pattern === undefined)
    throw new HostError(`"${format}" is no format of a date. Write it as %${format}.`)
  return pattern.replaceAll(token, (run: string, letter?: string, ...quoted: (string | undefined)[]) => {
    if (letter) return formatPart(date, letter, run.length)
    if (run === '%') return ''
    if (run === "'" || run === '"') throw new HostError(`The date format "${format}" has an open quote.`)
    return quoted.slice(0, 3).find((text) => text !== undefined) ?? run
  })
}

function formatPart(date: Date, letter: string, count: number): string {
  const padded = (value: number, most = 2): string => String(value).padStart(Math.min(count, most), '0')
  switch (letter) {
    case 'y':
      return count <= 2 ? padded(date.getUTCFullYear() % 100) : padded(date.getUTCFullYear(), count)
    case 'M': {
      const name = months[date.getUTCMonth()] ?? ''
      if (count > 2) return count === 3 ? name.slice(0, 3) : name
      return padded(date.getUTCMonth() + 1)
    }
    case 'd': {
      const name = days[date.getUTCDay()] ?? ''
      if (count > 2) return count === 3 ? name.slice(0, 3) : name
      return padded(date.getUTCDate())
    }
    case 'H':
      return padded(date.getUTCHours())
    case 'h':
      return padded(date.getUTCHours() % 12 || 12)
    case 'm':
      return padded(date.getUTCMinutes())
    case 's':
      return padded(date.getUTCSeconds())
    case 't':
      return (date.getUTCHours() < 12 ? 'AM' : 'PM').slice(0, count)
    case 'f':
      return fraction(date, count)
    case 'F':
      return fraction(date, count).replace(/0+$/, '')
    case 'z':
      return ['+0', '+00', '+00:00'][Math.min(count, 3) - 1] ?? ''
    case 'K':
      return 'Z'.repeat(count)
    default:
      return 'A.D.'
  }
}

/** The digits of a second's fraction, at most seven as in .NET. */
function fraction(date: Date, count: number): string {
  if (count > 7) throw new HostError(`A date format has at most 7 digits of a second, not ${count}.`)
  return String(date.getUTCMilliseconds()).padStart(3, '0').padEnd(7, '0').slice(0, count)
}
