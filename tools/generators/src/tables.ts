import type { HostNumber } from './host-numbers.ts'

/** Columns of the table of functions in every app's README. */
const functionColumns = ['function', 'trigger', 'what', 'when it fails']

/** Adds a function to the table of functions of an app's README, before `health`, which stands last. */
export function addFunctionRow(
  readme: string,
  row: {
    readonly name: string
    readonly trigger: string
    readonly what: string
    readonly whenItFails: string
  },
): string {
  const lines = readme.split('\n')
  const head = lines.findIndex((line) => cellsOf(line).join() === functionColumns.join())
  if (head < 0) throw new Error(`it has no table with the columns ${functionColumns.join(', ')}`)
  const rest = lines.slice(head).findIndex((line) => !line.startsWith('|'))
  const end = rest < 0 ? lines.length : head + rest
  const health = lines.findIndex((line, index) => index > head && line.includes('`health`'))
  const at = health > 0 && health < end ? health : end
  const cells = [`\`${row.name}\``, row.trigger, row.what, row.whenItFails]
  return lines.toSpliced(at, 0, `| ${cells.join(' | ')} |`).join('\n')
}

/** Adds an app to the table of rooms of ARCHITECTURE.md, after the other apps. */
export function addRoomRow(architecture: string, room: string, what: string): string {
  const lines = architecture.split('\n')
  const last = lines.findLastIndex((line) => line.startsWith('| `apps/'))
  if (last < 0) throw new Error('it has no table whose rows begin with `apps/...`')
  return lines.toSpliced(last + 1, 0, `| \`${room}\` | ${what} |`).join('\n')
}

/** Adds numbers of an app's host.json to the table of docs/operations/tuning.md, at its end. */
export function addTuningRows(tuning: string, app: string, numbers: readonly HostNumber[]): string {
  const lines = tuning.split('\n')
  const last = lines.findLastIndex((line) => line.startsWith('|'))
  if (last < 0) throw new Error('it has no table')
  const rows = numbers.map(({ name, value, why }) => `| ${app} | ${name} | ${value} | ${why} |`)
  return lines.toSpliced(last + 1, 0, ...rows).join('\n')
}

function cellsOf(line: string): string[] {
  return line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim())
}
