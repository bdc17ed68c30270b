import type { Comparison } from './bench.ts'
import { roundFigure } from './round-figure.ts'

/** The heading of the table of peers, the last section of the page. */
export const peersHeading = '## Durable, beside peers'

/** A line of text per comparison, for people. */
export function describeComparison({ measure, unit, columns, absent, samples }: Comparison): string {
  const values = columns.map(({ name, value }) => `${name} ${roundFigure(value)}`)
  return `${measure} (${unit}): ${[...values, ...absent.map(({ name }) => `${name} absent`)].join('; ')} (n=${samples})`
}

/** The section of the page: a column per contender, those that could not be had too. */
export function toPeersSection(comparisons: readonly Comparison[], date: Date): string {
  const { columns = [], absent = [] } = comparisons[0] ?? {}
  const names = [...columns, ...absent].map(({ name }) => name)
  const toLine = (cells: readonly (string | number)[]): string => `| ${cells.join(' | ')} |`
  return [
    peersHeading,
    '',
    `One run of \`durable-peers\`, ${date.toISOString().slice(0, 10)}: every engine on this machine, in turns, steps that do nothing, values are medians.`,
    'All survive the death of their processes. A loss of power may cost us the last commits (SQLite, `synchronous=NORMAL`), redis with `everysec`',
    'up to a second, and redis with `always` nothing. Each peer is installed for the run, in the version named.',
    '',
    toLine(['measure', 'unit', ...names, 'rounds']),
    toLine(['---', '---', ...names.map(() => '---'), '---']),
    ...comparisons.map((row) =>
      toLine([
        row.measure,
        row.unit,
        ...row.columns.map(({ value }) => roundFigure(value)),
        ...row.absent.map(() => 'absent'),
        row.samples,
      ]),
    ),
    '',
    ...absent.flatMap(({ name, reason }) => [`Absent: ${name} (${reason}).`, '']),
  ].join('\n')
}
