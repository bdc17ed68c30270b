import { partOf } from './ticks.ts'

const specifiers = /\\([\s\S])|yyyy|yy|y|MM|M|dd|d|HH|H|hh|h|mm|m|ss|s|f{1,7}|F{1,7}|tt/g

/** Writes a date (in ticks) by a format such as `yyyy-MM-dd HH:mm:ss.fff`; a backslash keeps a letter as it is. */
export function formatted(ticks: bigint, format: string): string {
  return format.replace(specifiers, (specifier: string, kept: string | undefined) =>
    kept === undefined ? partText(ticks, specifier) : kept,
  )
}

function partText(ticks: bigint, specifier: string): string {
  const digits = specifier.length
  const pad = (value: number): string => String(value).padStart(digits, '0')
  const hour = partOf('hour', ticks)
  switch (specifier.charAt(0)) {
    case 'y':
      return pad(digits === 4 ? partOf('year', ticks) : partOf('year', ticks) % 100)
    case 'M':
      return pad(partOf('month', ticks))
    case 'd':
      return pad(partOf('day', ticks))
    case 'H':
      return pad(hour)
    case 'h':
      return pad(hour % 12 || 12)
    case 'm':
      return pad(partOf('minute', ticks))
    case 's':
      return pad(partOf('second', ticks))
    case 't':
      return hour < 12 ? 'AM' : 'PM'
    default: {
      const fraction = String(partOf('nanosecond', ticks)).padStart(9, '0').slice(0, digits)
      // `f` keeps the zeros at the end, `F` leaves them out.
      return specifier.startsWith('f') ? fraction : fraction.replace(/0+$/, '')
    }
  }
}
