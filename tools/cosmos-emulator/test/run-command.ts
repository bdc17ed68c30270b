import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

const program = join(import.meta.dirname, '../bin/cosmos-emulator.mjs')

/** What a command answered. */
export interface CommandResult {
  code: number | null
  output: string
  errors: string
}

/** Runs `cosmos-emulator` until it ends. */
export async function runCommand(
  args: string[],
  { input, env = {} }: { input?: string; env?: Record<string, string> } = {},
): Promise<CommandResult> {
  const child = spawn(process.execPath, [program, ...args], { env: { ...process.env, ...env } })
  const closed = once(child, 'close')
  const [output, errors] = ['', ''].map(() => [] as string[])
  child.stdout.setEncoding('utf8').on('data', (text: string) => output!.push(text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => errors!.push(text))
  child.stdin.on('error', () => {}).end(input)
  const [code] = (await closed) as [number | null]
  return { code, output: output!.join(''), errors: errors!.join('') }
}
