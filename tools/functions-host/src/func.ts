// `func`: stands in for the command of Core Tools where an app or its tests call it.
import { Command } from 'commander'

import { funcDurable } from './commands/func-durable.ts'
import { runProgram } from './commands/run-program.ts'
import { startCommand } from './commands/start-command.ts'
import { HostError } from './errors.ts'
import { coreToolsVersion } from './versions.ts'

/** What Core Tools do beside running an app. */
const otherCommands = [
  'azure',
  'azurecontainerapps',
  'bundles',
  'extensions',
  'function',
  'init',
  'kubernetes',
  'logs',
  'new',
  'pack',
  'run',
  'settings',
  'templates',
]

const program = new Command('func')
  .description('Runs Azure Functions apps written for Node, as `func start` of Core Tools does.')
  .version(coreToolsVersion, '-v, --version')
  .addCommand(startCommand())
  .addCommand(funcDurable())
  .addCommand(new Command('host').description('the host').addCommand(startCommand()))
for (const name of otherCommands) {
  program.addCommand(
    new Command(name)
      .allowUnknownOption()
      .argument('[arguments...]')
      .helpOption(false)
      .action(() => {
        throw new HostError(
          `"func ${name}" is not part of this func, which runs apps (func start) and asks for their orchestrations (func durable). Use Microsoft's Core Tools for it.`,
        )
      }),
    { hidden: true },
  )
}
await runProgram(program)
