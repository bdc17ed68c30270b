import { HostError } from '../errors.ts'

/**
 * Reads a .NET time span (`hh:mm`, `hh:mm:ss`, `d.hh:mm:ss`, with fractions) as ms; `where` names the setting in the error.
 * As in .NET `25:00:00` is 25 days: three numbers of which the first is no hour are days, hours and minutes.
 */
export function parseTimeSpan(text: string, where: string): number {
  const match = /^(-)?(?:(\d+)\.)?(\d{1,8}):(\d{1,2})(?::(\d{1,2})(?:\.(\d{1,7}))?)?$/.exec(text.trim())
  if (!match) throw new HostError(`${where}: "${text}" is no time span such as 00:00:02.`)
  const [, sign, ahead, first, second, third, fraction = '0'] = match
  const startsWithDays = ahead === undefined && third !== undefined && Number(first) > 23
  const texts = startsWithDays ? [first, second, third, '0'] : [ahead ?? '0', first, second, third ?? '0']
  const [days = 0, hours = 0, minutes = 0, seconds = 0] = texts.map(Number)
  if (hours > 23 || minutes > 59 || seconds > 59)
    throw new HostError(
      `${where}: "${text}" has too many hours, minutes or seconds: write 1.06:30:00, not 30:30.`,
    )
  const ms = ((days * 24 + hours) * 60 + minutes) * 60_000 + (seconds + Number(`0.${fraction}`)) * 1000
  return sign ? -ms : ms
}

/** Writes ms as .NET writes a time span: `hh:mm:ss`, with days before and seven digits of a fraction behind where there are any. */
export function formatTimeSpan(ms: number): string {
  const two = (value: number): string => String(value).padStart(2, '0')
  const wholeMs = Math.abs(Math.round(ms))
  const seconds = Math.floor(wholeMs / 1000)
  const days = Math.floor(seconds / 86_400)
  const fraction = wholeMs % 1000
  return [
    ms < 0 ? '-' : '',
    days > 0 ? `${days}.` : '',
    `${two(Math.floor(seconds / 3600) % 24)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`,
    fraction > 0 ? `.${String(fraction).padStart(3, '0')}0000` : '',
  ].join('')
}
