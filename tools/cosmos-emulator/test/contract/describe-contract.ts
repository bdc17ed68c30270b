import { functionNames } from '../../src/sql/functions/registry.ts'
import { contractRows } from './contract-rows.ts'
import { functionCases, functionsIn, operatorCases } from './function-cases.ts'

/** The reference of operations and functions as Markdown: what the contract tests check, and nothing else. */
export function describeContract(): string {
  const rows = Object.values(contractRows).flat()
  const counts = (['faithful', 'differs', 'refused'] as const).map(
    (verdict) => rows.filter((row) => row.verdict === verdict).length,
  )
  const names = functionNames()
  const [faithful, differing, refused] = counts
  return [
    '# The Cosmos emulator: operations and functions',
    '',
    'Made from the contract tests of `tools/cosmos-emulator/test/contract/`: each row is a test that runs through `@azure/cosmos` or plain HTTP. An operation without a row fails the tests.',
    '',
    '| | rows | as the service | differs on purpose | refused by name |',
    '| --- | --- | --- | --- | --- |',
    `| operations | ${rows.length} | ${faithful} | ${differing} | ${refused} |`,
    `| SQL functions | ${names.length} | ${names.length} | 0 | 0 |`,
    '',
    `The functions are held to ${functionCases.length} cases, operators, literals and subqueries to ${operatorCases.length}.`,
    ...Object.entries(contractRows).flatMap(([area, areaRows]) => [
      '',
      `## ${area}`,
      '',
      '| operation | case | verdict |',
      '| --- | --- | --- |',
      ...areaRows.map((row) =>
        tableLine(
          row.operation,
          row.case,
          row.note === undefined ? row.verdict : `${row.verdict}: ${row.note}`,
        ),
      ),
    ]),
    '',
    '## SQL functions',
    '',
    '| function | cases |',
    '| --- | --- |',
    ...names.map((name) => tableLine(`\`${name}\``, String(caseCount(name)))),
  ].join('\n')
}

function caseCount(name: string): number {
  return functionCases.filter(([call]) => functionsIn(call).includes(name)).length
}

function tableLine(...cells: string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', String.raw`\|`)).join(' | ')} |`
}
