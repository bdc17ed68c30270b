// Ends with an error where the packages of a run must not be deployed. Read before they are downloaded.
import { Command } from 'commander'
import pico from 'picocolors'

import { githubFromEnvironment } from './github.ts'
import { messageOf } from './message-of.ts'
import { checkPackagingRun } from './packaging-run.ts'

const { runId, branch } = new Command('run-check-run.ts')
  .description('Says whether the packages of a run of a workflow may be deployed.')
  .requiredOption('--run-id <number>', "the number in the run's address")
  .option('--branch <name>', 'the branch that is deployed', 'main')
  .parse()
  .opts<{ runId: string; branch: string }>()

try {
  await checkPackagingRun(githubFromEnvironment(process.env), { runId, branch })
  console.log(`The run ${runId} packaged ${branch}.`)
} catch (error) {
  console.error(pico.red(messageOf(error)))
  process.exitCode = 1
}
