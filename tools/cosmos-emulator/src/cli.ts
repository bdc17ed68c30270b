// `cosmos-emulator`: starts the emulator, and moves, watches and disturbs accounts.
import { Command } from 'commander'

import { exportCommand } from './commands/export-command.ts'
import { faultCommand } from './commands/fault-command.ts'
import { importCommand } from './commands/import-command.ts'
import { runProgram } from './commands/run-program.ts'
import { splitCommand } from './commands/split-command.ts'
import { startCommand } from './commands/start-command.ts'
import { statusCommand } from './commands/status-command.ts'
import { packageVersion } from './package-version.ts'

await runProgram(
  new Command('cosmos-emulator')
    .description('Azure Cosmos DB for NoSQL on a laptop: on nothing but Node, data on disk.')
    .version(packageVersion(), '-v, --version')
    .addCommand(startCommand())
    .addCommand(statusCommand())
    .addCommand(exportCommand())
    .addCommand(importCommand())
    .addCommand(faultCommand())
    .addCommand(splitCommand()),
)
