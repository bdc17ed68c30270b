// `functions-host`: runs function apps, and their functions.
import { Command } from 'commander'

import { durableCommand } from './commands/durable-command.ts'
import { invokeCommand } from './commands/invoke-command.ts'
import { runProgram } from './commands/run-program.ts'
import { startCommand } from './commands/start-command.ts'
import { packageVersion } from './versions.ts'

await runProgram(
  new Command('functions-host')
    .description('Runs Azure Functions apps written for Node.')
    .version(packageVersion(), '-v, --version')
    .addCommand(startCommand())
    .addCommand(invokeCommand())
    .addCommand(durableCommand()),
)
