// Makes or changes the resources of an environment, and passes on what later steps need.
import { appendFileSync } from 'node:fs'
import { basename } from 'node:path'

import { Command } from 'commander'
import pico from 'picocolors'
import { z } from 'zod'

import { runAzureCli } from './azure-cli.ts'
import { messageOf } from './message-of.ts'

const Created = z.object({
  properties: z.object({
    provisioningState: z.string(),
    outputs: z.record(z.string(), z.object({ value: z.unknown() })).nullish(),
  }),
})

const program = new Command('run-provision.ts')
  .description('Deploys infra/ with a parameter set to the subscription that az is signed in to.')
  .requiredOption('--parameters <file>', 'infra/dev.bicepparam')
  .requiredOption('--location <region>', 'region of the deployment')
  .option('--name <name>', 'name of the deployment in Azure (default: of the parameter set)')
  .option('--read-only', 'change nothing: only pass on what the last deployment of that name gave')
  .option('--output <file>', 'append every output of main.bicep to this file (GITHUB_OUTPUT)')
  .parse()
const options = program.opts<{
  parameters: string
  location: string
  name?: string
  readOnly?: true
  output?: string
}>()

try {
  const name = options.name ?? `zoetrope-${basename(options.parameters, '.bicepparam')}`
  const what = ['--location', options.location, '--parameters', options.parameters]
  const args = options.readOnly ? ['show', '--name', name] : ['create', '--name', name, ...what]
  const { provisioningState, outputs } = Created.parse(
    await runAzureCli(['deployment', 'sub', ...args]),
  ).properties
  if (provisioningState !== 'Succeeded')
    throw new Error(`The deployment ${name} ended as ${provisioningState}.`)
  const lines = Object.entries(outputs ?? {}).map(([key, { value }]) => `${key}=${textOf(key, value)}`)
  console.log(lines.join('\n'))
  if (options.output) appendFileSync(options.output, `${lines.join('\n')}\n`)
} catch (error) {
  console.error(pico.red(messageOf(error)))
  process.exitCode = 1
}

/** One line. @throws Error for a text of several: what follows would be read as other outputs */
function textOf(key: string, value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  if (/[\n\r]/.test(text)) throw new Error(`The output ${key} has several lines: it cannot be passed on.`)
  return text
}
