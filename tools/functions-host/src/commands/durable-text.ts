import { colours } from '../logging/console-log.ts'

/** Width of a line where nobody looks, characters. */
const usualWidth = 120
/** A column is not made narrower than this. */
const leastWidth = 8

/** Width of the terminal. */
export function terminalWidth(): number {
  return process.stdout.columns ?? usualWidth
}

/** A duration in the unit that fits: `12 ms`, `3.4 s`, `5 min 2 s`, `3 h 12 min`, `2 d 4 h`. */
export function durationText(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`
  if (ms < 59_950) return `${(ms / 1000).toFixed(1).replace('.0', '')} s`
  const seconds = Math.round(ms / 1000)
  const minutes = Math.floor(seconds / 60)
  const hours = Math.floor(minutes / 60)
  const days = Math.floor(hours / 24)
  if (minutes < 60) return two(minutes, 'min', seconds % 60, 's')
  return hours < 24 ? two(hours, 'h', minutes % 60, 'min') : two(days, 'd', hours % 24, 'h')
}

function two(many: number, unit: string, rest: number, smaller: string): string {
  return rest === 0 ? `${many} ${unit}` : `${many} ${unit} ${rest} ${smaller}`
}

/** How long ago a time was, in one unit: `5 s ago`, `3 h ago`. */
export function agoText(ms: number, nowMs: number): string {
  const wholeMs = Math.max(0, Math.round((nowMs - ms) / 1000) * 1000)
  const [, first = ''] = /^(\d+ \w+)/.exec(wholeMs === 0 ? '0 s' : durationText(wholeMs)) ?? []
  return `${first} ago`
}

/** Text on one line, cut off at a width. */
export function shorten(text: string, width: number): string {
  // oxlint-disable-next-line no-control-regex -- what functions say must not steer the terminal
  const line = text.replaceAll(/[\u0000-\u001f\u007f-\u009f]+/g, ' ').trimEnd()
  const letters = Array.from(line)
  return letters.length <= width ? line : `${letters.slice(0, Math.max(0, width - 1)).join('')}…`
}

const paints: Readonly<Record<string, (text: string) => string>> = {
  Failed: colours.red,
  Terminated: colours.yellow,
  Suspended: colours.yellow,
  Running: colours.cyan,
  Completed: colours.green,
}

/** A state in its colour. */
export function paintState(text: string): string {
  return paints[text.trim()]?.(text) ?? text
}

/** A column of a table; the text of the widest one that may be cut takes what room is left. */
export interface Column {
  readonly title: string
  readonly isCut?: boolean
  readonly paint?: (text: string) => string
}

/** Lines of a table that fits the terminal. */
export function tableLines(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  width = terminalWidth(),
): string[] {
  const widths = columns.map(({ title }, index) =>
    Math.max(title.length, ...rows.map((row) => Array.from(row[index] ?? '').length)),
  )
  const spare = (): number => width - widths.reduce((sum, one) => sum + one + 2, -2)
  for (;;) {
    const widest = columns
      .map(({ isCut }, index) => ({ index, size: isCut ? (widths[index] ?? 0) : 0 }))
      .reduce((a, b) => (b.size > a.size ? b : a))
    if (spare() >= 0 || widest.size <= leastWidth) break
    widths[widest.index] = Math.max(leastWidth, widest.size + Math.max(spare(), -1))
  }
  const line = (cells: readonly string[], paint: boolean): string =>
    cells
      .map((cell, index) => {
        const text = shorten(cell, widths[index] ?? 0).padEnd(
          index === cells.length - 1 ? 0 : (widths[index] ?? 0),
        )
        return paint ? (columns[index]?.paint?.(text) ?? text) : text
      })
      .join('  ')
      .trimEnd()
  const head = line(
    columns.map(({ title }) => title),
    false,
  )
  return [colours.gray(head), ...rows.map((row) => line(row, true))]
}
