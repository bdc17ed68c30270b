import { type Command, CommanderError } from 'commander'

import { messageOf } from '../errors.ts'

/** Runs a program with the arguments of this process; what goes wrong is one message, and exit code 1, or 2 for wrong arguments. */
export async function runProgram(program: Command): Promise<void> {
  for (const command of [program, ...allCommands(program)])
    command.exitOverride().showHelpAfterError(`(${fullName(command)} --help tells what there is)`)
  try {
    await program.parseAsync()
  } catch (error) {
    // Commander has said what is wrong, or shown the help that it was asked for.
    if (error instanceof CommanderError) process.exit(error.exitCode === 0 ? 0 : 2)
    // Where whoever read the output has gone (`| head`), nobody needs a word.
    if ((error as { code?: unknown }).code !== 'EPIPE') console.error(`cosmos-emulator: ${messageOf(error)}`)
    process.exit(1)
  }
}

function allCommands(command: Command): Command[] {
  return command.commands.flatMap((inner) => [inner, ...allCommands(inner as Command)]) as Command[]
}

function fullName(command: Command): string {
  return command.parent ? `${fullName(command.parent)} ${command.name()}` : command.name()
}
