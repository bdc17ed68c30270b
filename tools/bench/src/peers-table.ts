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
  const { columns = [], absent: absentFirst = [] } = comparisons[0] ?? {}
  const names = [...columns, ...absentFirst].map(({ name }) => name)
  // A peer may have died between two measures.
  const absent = comparisons.at(-1)?.absent ?? []
  const toLine = (cells: readonly (string | number)[]): string => `| ${cells.join(' | ')} |`
  return [
    peersHeading,
    '',
    `One run of \`durable-peers\`, ${date.toISOString().slice(0, 10)}: every engine on this machine, in turns, steps that do nothing, values are medians.`,
    'All survive the death of their processes. A loss of power may cost us the last commits (SQLite, `synchronous=NORMAL`), redis with `everysec`',
    'up to a second, and redis with `always` nothing; the other peers run with their own defaults. Each peer is installed for the run, in the version named.',
    '',
    toLine(['measure', 'unit', ...names, 'rounds']),
    toLine(['---', '---', ...names.map(() => '---'), '---']),
    ...comparisons.map((row) =>
      toLine([
        row.measure,
        row.unit,
        ...names.map((name) => {
          const column = row.columns.find((candidate) => candidate.name === name)
          return column ? roundFigure(column.value) : 'absent'
        }),
        row.samples,
      ]),
    ),
    '',
    ...absent.flatMap(({ name, reason }) => [`Absent: ${name} (${reason}).`, '']),
  ].join('\n')
}
