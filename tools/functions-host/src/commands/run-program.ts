import type { Command } from 'commander'

import { colours } from '../logging/console-log.ts'
import { HostError } from '../errors.ts'

/** Runs a program with the arguments of this process; a fault is one message, and exit code 1. */
export async function runProgram(program: Command): Promise<void> {
  try {
    await program.parseAsync()
  } catch (error) {
    console.error(colours.red(error instanceof HostError ? error.message : String((error as Error).stack)))
    process.exit(1)
  }
}
