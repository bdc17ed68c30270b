import { readFileSync, writeFileSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'
import { resolve } from 'node:path'

import type { Comparison, Figure } from './bench.ts'
import { isComparison, isWithinTarget } from './bench.ts'
import { peersHeading, toPeersSection } from './peers-table.ts'
import { roundFigure as round } from './round-figure.ts'

/** The page that holds the table. */
export const pageFile = resolve(import.meta.dirname, '../../../docs/reference/benchmarks.md')

/** A line of text per figure, for people. */
export function describeFigure(figure: Figure): string {
  const verdict = figure.target ? (isWithinTarget(figure) ? 'met' : 'MISSED') : 'no target'
  return `${figure.measure}: ${round(figure.ours)} ${figure.unit}, ${figure.peer.name} ${round(figure.peer.value)}, ratio ${round(figure.ratio)} (${describeTarget(figure)}: ${verdict}; n=${figure.samples})`
}

/** Writes the page anew: the rows of these benches (for peers: the whole table) are replaced, those of benches that did not run stay. */
export function writePage(results: readonly (Figure | Comparison)[], date: Date): void {
  const old = readPage()
  const peersStart = old.indexOf(`${peersHeading}\n`)
  const [oldTable, oldPeers] =
    peersStart === -1 ? [old, ''] : [old.slice(0, peersStart), old.slice(peersStart)]
  const comparisons = results.filter(isComparison)
  const rows = new Map(toRows(oldTable).map((row) => [rowKey(row), row]))
  for (const figure of results) {
    if (isComparison(figure)) continue
    const row = toRow(figure, date)
    rows.set(rowKey(row), row)
  }
  writeFileSync(
    pageFile,
    [
      '# Benchmarks',
      '',
      'Written by `node tools/bench/src/main.ts --write`; see [its README](../../tools/bench/README.md) for the method.',
      `Machine of the last run: ${cpus().length} x ${cpus()[0]?.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}, ${process.platform}.`,
      '',
      'Values are medians; the ratio is the median of the ratios of the paired rounds of one run. Less is better in this table.',
      '',
      '| measure | unit | ours | peer | its value | ratio | target | rounds | date |',
      '| --- | --- | --- | --- | --- | --- | --- | --- | --- |',
      ...rows.values(),
      '',
      comparisons.length > 0 ? toPeersSection(comparisons, date) : oldPeers,
    ].join('\n'),
  )
}

function readPage(): string {
  try {
    return readFileSync(pageFile, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return ''
    throw error
  }
}

function toRows(table: string): string[] {
  return table.split('\n').filter((line) => line.startsWith('| ') && !/^\| (measure|---)/.test(line))
}

/** Measure and peer: what makes a row the same one as before. */
function rowKey(row: string): string {
  const cells = row.split('|').map((cell) => cell.trim())
  return `${cells[1]}|${cells[4]}`
}

function toRow(figure: Figure, date: Date): string {
  const verdict = figure.target && !isWithinTarget(figure) ? ' (missed)' : ''
  const cells = [
    figure.measure,
    figure.unit,
    round(figure.ours),
    figure.peer.name,
    round(figure.peer.value),
    round(figure.ratio),
    describeTarget(figure) + verdict,
    figure.samples,
    date.toISOString().slice(0, 10),
  ]
  return `| ${cells.join(' | ')} |`
}

function describeTarget({ target, unit }: Figure): string {
  if (!target) return 'none'
  return target.of === 'ratio' ? `ratio <= ${target.atMost}` : `<= ${target.atMost} ${unit}`
}
