const months = 'january february march april may june july august september october november december'
const days = 'sunday monday tuesday wednesday thursday friday saturday'

interface Field {
  readonly label: string
  readonly lowest: number
  readonly highest: number
  readonly names: readonly string[]
}

const fields: readonly Field[] = [
  { label: 'second', lowest: 0, highest: 59, names: [] },
  { label: 'minute', lowest: 0, highest: 59, names: [] },
  { label: 'hour', lowest: 0, highest: 23, names: [] },
  { label: 'day of month', lowest: 1, highest: 31, names: [] },
  { label: 'month', lowest: 1, highest: 12, names: months.split(' ') },
  { label: 'day of week', lowest: 0, highest: 6, names: days.split(' ') },
]

/**
 * Spells out an NCRONTAB expression of six fields, or of five that begin with the minute, as a cron expression of plain lists:
 * what names, ranges and steps mean differs between cron dialects, lists do not.
 * @throws RangeError saying which field is wrong
 */
export function spellOutNcrontab(expression: string): string {
  const parts = expression.trim().split(/\s+/)
  if (parts.length !== 5 && parts.length !== 6)
    throw new RangeError(`it has ${parts.length} fields, not five or six`)
  const texts = parts.length === 5 ? ['0', ...parts] : parts
  return fields.map((field, index) => spellOutField(texts[index] ?? '', field)).join(' ')
}

function spellOutField(text: string, field: Field): string {
  const values = new Set(text.split(',').flatMap((item) => valuesOf(item, field)))
  if (values.size === field.highest - field.lowest + 1) return '*'
  return [...values].toSorted((a, b) => a - b).join(',')
}

/** The values of `*`, `a`, `a-b`, each with or without `/step`. */
function valuesOf(item: string, field: Field): number[] {
  const [, range = item, step] = /^(.*?)(?:\/(\d+))?$/.exec(item) ?? []
  const [from, to] = boundsOf(range, step !== undefined, field)
  const stride = Math.max(1, Number(step ?? 1))
  return Array.from({ length: Math.floor((to - from) / stride) + 1 }, (_value, n) => from + n * stride)
}

function boundsOf(range: string, hasStep: boolean, field: Field): [number, number] {
  if (range === '*') return [field.lowest, field.highest]
  const dash = range.indexOf('-')
  if (dash > 0) {
    const from = readValue(range.slice(0, dash), field)
    const to = readValue(range.slice(dash + 1), field)
    // As NCrontab: a range written backwards is the same range, not one around the end.
    return [Math.min(from, to), Math.max(from, to)]
  }
  const value = readValue(range, field)
  return [value, hasStep ? field.highest : value]
}

/** A number, or the beginning of a name: the first name that begins so is meant. */
function readValue(text: string, { label, lowest, highest, names }: Field): number {
  const index = text === '' ? -1 : names.findIndex((name) => name.startsWith(text.toLowerCase()))
  const value = /^\d+$/.test(text) ? Number(text) : index + lowest
  if ((index < 0 && !/^\d+$/.test(text)) || value < lowest || value > highest)
    throw new RangeError(`"${text}" is no ${label} (${lowest} to ${highest})`)
  return value
}
