import { spawn } from 'node:child_process'

import { repoRoot } from './repo-root.ts'

/** Result of a command: exit code, and what it printed where that was asked for. */
export interface CommandResult {
  readonly code: number
  readonly output: string
}

/** Runs a program from the workspace root; its output goes to the terminal, or is returned when `capture` is set. */
export async function runCommand(
  argv: readonly string[],
  options: { readonly capture?: boolean; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<CommandResult> {
  const [command = process.execPath, ...args] = argv
  const child = spawn(command, args, {
    cwd: repoRoot,
    env: { ...process.env, ...options.env },
    stdio: ['ignore', options.capture ? 'pipe' : 'inherit', options.capture ? 'pipe' : 'inherit'],
  })
  const chunks: Buffer[] = []
  child.stdout?.on('data', (chunk: Buffer) => chunks.push(chunk))
  child.stderr?.on('data', (chunk: Buffer) => chunks.push(chunk))
  const code = await new Promise<number>((resolveCode, reject) => {
    child.on('error', reject)
    child.on('close', (exitCode) => resolveCode(exitCode ?? 1))
  })
  return { code, output: Buffer.concat(chunks).toString('utf8') }
}
