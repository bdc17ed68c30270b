import { budgetOf } from './budgets.ts'
import { megabytes } from './megabytes.ts'
import type { PackageRecord } from './package-record.ts'

/** The sizes of packages beside their budgets, as a table for the terminal. */
export function sizeTable(records: readonly PackageRecord[]): string {
  const head = ['app', 'JavaScript', 'budget', 'natives', 'budget', 'zip', 'version']
  const rows = records.map(({ app, javascriptBytes, nativeBytes, archiveBytes, version }) => {
    const budget = budgetOf(app)
    const sizes = [
      javascriptBytes,
      budget.javascriptBytes,
      nativeBytes,
      budget.nativeBytes,
      archiveBytes,
    ] as const
    return [app, ...sizes.map((bytes) => (bytes === 0 ? '-' : megabytes(bytes))), version]
  })
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column]?.length ?? 0)))
  return [head, ...rows]
    .map((row) =>
      row
        .map((cell, column) => {
          const width = widths[column] ?? 0
          return column === 0 || column === head.length - 1 ? cell.padEnd(width) : cell.padStart(width)
        })
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}
