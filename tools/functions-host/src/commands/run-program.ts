import { type Command, CommanderError } from 'commander'

import { colours } from '../logging/console-log.ts'
import { HostError } from '../errors.ts'
import { UsageError } from './usage-error.ts'

/** Runs a program with the arguments of this process; a fault is one message, and exit code 1, or 2 for wrong arguments. */
export async function runProgram(program: Command): Promise<void> {
  try {
    await program.parseAsync()
  } catch (error) {
    // It has said what is wrong, or shown the help that it was asked for.
    if (error instanceof CommanderError) process.exit(error.exitCode === 0 ? 0 : 2)
    console.error(colours.red(error instanceof HostError ? error.message : String((error as Error).stack)))
    process.exit(error instanceof UsageError ? 2 : 1)
  }
}
