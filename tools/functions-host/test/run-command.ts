import { jest } from '@jest/globals'
import type { Command } from 'commander'

/** How a command ended. */
export interface EndedCommand {
  /** What it threw, from which its program makes the exit code. */
  readonly error: Error | undefined
  readonly output: string
  readonly errors: string
}

/** Runs a command in this process, where it costs a fraction of a process of its own. One at a time: it takes all that is printed. */
export async function runCommand(command: Command, args: readonly string[]): Promise<EndedCommand> {
  const written = { output: '', errors: '' }
  const keep =
    (name: keyof typeof written, end = '') =>
    (text: unknown): true => {
      written[name] += `${String(text)}${end}`
      return true
    }
  const spies = [
    jest.spyOn(console, 'log').mockImplementation(keep('output', '\n')),
    jest.spyOn(console, 'error').mockImplementation(keep('errors', '\n')),
    jest.spyOn(process.stdout, 'write').mockImplementation(keep('output')),
    jest.spyOn(process.stderr, 'write').mockImplementation(keep('errors')),
  ]
  try {
    await command.parseAsync(args, { from: 'user' })
    return { ...written, error: undefined }
  } catch (error) {
    return { ...written, error: error as Error }
  } finally {
    for (const spy of spies) spy.mockRestore()
  }
}
