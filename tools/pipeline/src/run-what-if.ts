// Says what a change of infra/ would do to an environment, on the pull request too.
import { appendFileSync } from 'node:fs'
import { basename } from 'node:path'

import { Command } from 'commander'
import pico from 'picocolors'

import { runAzureCli } from './azure-cli.ts'
import { messageOf } from './message-of.ts'
import { githubFromEnvironment } from './github.ts'
import { writeComment } from './pull-request-comment.ts'
import { summarizeWhatIf, WhatIf } from './what-if-summary.ts'

const program = new Command('run-what-if.ts')
  .description('Asks Azure what deploying a parameter set would change. Changes nothing.')
  .requiredOption('--parameters <file>', 'infra/prod.bicepparam')
  .requiredOption('--location <region>', 'region of the deployment')
  .option('--pull-request <number>', 'write it on this pull request (GITHUB_REPOSITORY, GITHUB_TOKEN)')
  .option('--summary <file>', 'append it to this file')
  .parse()
const { parameters, location, pullRequest, summary } = program.opts<{
  parameters: string
  location: string
  pullRequest?: string
  summary?: string
}>()

try {
  const title = basename(parameters, '.bicepparam')
  const what = ['--location', location, '--parameters', parameters]
  // Whoever asks may read, and not deploy.
  const asReader = ['--validation-level', 'ProviderNoRbac']
  const answer = await runAzureCli([
    'deployment',
    'sub',
    'what-if',
    '--no-pretty-print',
    ...what,
    ...asReader,
  ])
  const text = summarizeWhatIf(title, WhatIf.parse(answer))
  console.log(text)
  if (summary) appendFileSync(summary, text)
  if (pullRequest) {
    const connection = githubFromEnvironment(process.env)
    await writeComment(connection, { pullRequest: Number(pullRequest), mark: `what-if:${title}`, text })
  }
} catch (error) {
  console.error(pico.red(messageOf(error)))
  process.exitCode = 1
}
