// Says what changed since the last deployment, or since the branch that a pull request goes to.
import { appendFileSync } from 'node:fs'
import { resolve } from 'node:path'

import { Command } from 'commander'
import pico from 'picocolors'

import { messageOf } from './message-of.ts'
import { findChanges } from './find-changes.ts'
import { githubFromEnvironment, lastSuccessfulCommit } from './github.ts'

const program = new Command('run-changes.ts')
  .description('Says which projects a change touches, and whether it touches what Azure is made from.')
  .option('--base <commit>', 'since this commit')
  .option('--since-workflow <file>', 'since the last run of this workflow that succeeded on the branch')
  .option('--branch <name>', 'the branch of those runs', 'main')
  .option('--output <file>', 'append base, is-infra-changed and projects to this file (GITHUB_OUTPUT)')
  .parse()
const options = program.opts<{ base?: string; sinceWorkflow?: string; branch: string; output?: string }>()
if (!options.base && !options.sinceWorkflow) program.error('--base or --since-workflow is needed.')

try {
  const base = options.sinceWorkflow
    ? await lastSuccessfulCommit(githubFromEnvironment(process.env), {
        workflow: options.sinceWorkflow,
        branch: options.branch,
      })
    : options.base
  const changes = await findChanges(resolve(import.meta.dirname, '..', '..', '..'), base)
  const lines = [
    `base=${changes.base ?? ''}`,
    `is-infra-changed=${changes.isInfraChanged}`,
    `projects=${changes.projects.join(',')}`,
  ]
  console.log(lines.join('\n'))
  if (options.output) appendFileSync(options.output, `${lines.join('\n')}\n`)
} catch (error) {
  console.error(pico.red(messageOf(error)))
  process.exitCode = 1
}
