const months = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ')
const monthNames =
  'january|february|march|april|may|june|july|august|september|october|november|december|' + months.join('|')
const dayNames = 'sunday|monday|tuesday|wednesday|thursday|friday|saturday|sun|mon|tue|wed|thu|fri|sat'

const clock = String.raw`(?:(?<hour>\d{1,2}):(?<minute>\d{1,2})(?::(?<second>\d{1,2})(?:[.,]\d+)?)?|(?<wholeHour>\d{1,2})(?=\s*[ap]m?\b))`
const time = String.raw`${clock}\s*(?<half>[ap]m?\b)?\s*(?<zone>z|gmt|utc|[+-]\d{1,2}(?::?\d{2})?)?`
const separator = String.raw`\s*[/.-]\s*|\s+`
const dates = [
  String.raw`(?<year>\d{3,4})(?:${separator})(?<month>\d{1,2})(?:(?:${separator})(?<day>\d{1,2}))?`,
  String.raw`(?<month>\d{1,2})(?:${separator})(?<day>\d{1,2})(?:(?:${separator})(?<year>\d{1,4}))?`,
  String.raw`(?<month>\d{1,2})(?:${separator})(?<year>\d{3,4})`,
  String.raw`(?<monthName>${monthNames})[\s,/.-]+(?<day>\d{1,2})(?:[\s,/.-]+(?<year>\d{1,4}))?`,
  String.raw`(?<day>\d{1,2})[\s,/.-]+(?<monthName>${monthNames})(?:[\s,/.-]+(?<year>\d{1,4}))?`,
  String.raw`(?<monthName>${monthNames})[\s,/.-]+(?<year>\d{3,4})`,
  String.raw`(?<year>\d{3,4})[\s,/.-]+(?<monthName>${monthNames})(?:[\s,/.-]+(?<day>\d{1,2}))?`,
]
const expressions = [
  new RegExp(`^\\s*${time}\\s*$`, 'i'),
  ...dates.map(
    (date) => new RegExp(`^\\s*(?:(?:${dayNames}),?\\s+)?${date}(?:(?:t|\\s*,?\\s+)${time})?\\s*$`, 'i'),
  ),
]

/** Whether .NET reads this text as a date, a time of day or both, in its culture of no country (month before day). */
export function isDateText(text: string): boolean {
  // However long, white space counts as one: the expressions would try every way to part it among them.
  const compact = text.replaceAll(/\s+/g, ' ')
  return expressions.some((expression) => {
    const parts = expression.exec(compact)?.groups
    return parts !== undefined && isDay(parts) && isTimeOfDay(parts)
  })
}

function isDay(parts: Readonly<Record<string, string | undefined>>): boolean {
  const { year = '2000', month, monthName, day = '1' } = parts
  if (month === undefined && monthName === undefined) return true
  const number = monthName ? months.indexOf(monthName.slice(0, 3).toLowerCase()) + 1 : Number(month)
  if (number < 1 || number > 12 || (year.length > 2 && Number(year) < 1)) return false
  const lastDay = new Date(Date.UTC(2000 + (Number(year) % 400), number, 0)).getUTCDate()
  return Number(day) >= 1 && Number(day) <= lastDay
}

function isTimeOfDay(parts: Readonly<Record<string, string | undefined>>): boolean {
  const { hour, wholeHour, minute = '0', second = '0', half } = parts
  const hours = Number(hour ?? wholeHour ?? 0)
  return hours <= (half ? 12 : 23) && Number(minute) <= 59 && Number(second) <= 59
}
