// Gets what the last deployment to an environment installed, so that the next one can go back to it.
import { Command } from 'commander'
import pico from 'picocolors'

import { messageOf } from './message-of.ts'
import { fetchDeployedPackages } from './deployed-artifact.ts'
import { githubFromEnvironment, isAncestor } from './github.ts'

const program = new Command('run-fetch-deployed.ts')
  .description('Gets the packages that the last deployment to an environment kept as an artifact.')
  .requiredOption('--environment <name>', 'dev or prod')
  .option('--branch <name>', 'only what ran on this branch', 'main')
  .option('--head <commit>', 'end with an error if this commit is older than the one that was deployed last')
  .option('--to <folder>', 'where they go', 'dist/previous')
  .parse()
const { environment, branch, head, to } = program.opts<{
  environment: string
  branch: string
  head?: string
  to: string
}>()

try {
  const connection = githubFromEnvironment(process.env)
  const found = await fetchDeployedPackages(connection, { environment, branch, folder: to })
  console.log(
    found
      ? `${to}: ${found.files.length} files, packaged from ${found.commit}`
      : `No deployment to ${environment} is kept. If apps run there, \`npm run deploy\` says what to do.`,
  )
  if (found && head && (await isAncestor(connection, { commit: head, of: found.commit }))) {
    throw new Error(
      `${head} is older than ${found.commit}, which was deployed to ${environment} last. To go back, start the workflow "roll back".`,
    )
  }
} catch (error) {
  console.error(pico.red(messageOf(error)))
  process.exitCode = 1
}
