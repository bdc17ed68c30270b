// Gets what the last deployment to an environment installed, so that the next one can go back to it.
import { Command } from 'commander'
import pico from 'picocolors'

import { messageOf } from './deploy.ts'
import { fetchDeployedPackages } from './deployed-artifact.ts'
import { githubFromEnvironment } from './github.ts'

const program = new Command('run-fetch-deployed.ts')
  .description('Gets the packages that the last deployment to an environment kept as an artifact.')
  .requiredOption('--environment <name>', 'dev or prod')
  .option('--branch <name>', 'only what ran on this branch', 'main')
  .option('--to <folder>', 'where they go', 'dist/previous')
  .parse()
const { environment, branch, to } = program.opts<{ environment: string; branch: string; to: string }>()

try {
  const connection = githubFromEnvironment(process.env)
  const found = await fetchDeployedPackages(connection, { environment, branch, folder: to })
  console.log(
    found
      ? `${to}: ${found.files.length} files, packaged from ${found.commit}`
      : `No deployment to ${environment} is kept. If apps run there, \`npm run deploy\` says what to do.`,
  )
} catch (error) {
  console.error(pico.red(messageOf(error)))
  process.exitCode = 1
}
