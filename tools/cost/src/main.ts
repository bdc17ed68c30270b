// `npm run cost`: what a month of work costs in Azure, and what a month of rest.
import { join, resolve } from 'node:path'

import { Command, InvalidArgumentError } from 'commander'

import { readDeploymentFacts } from './deployment-facts.ts'
import { estimateCost } from './estimate-cost.ts'
import { formatEstimate } from './format-estimate.ts'
import { readPriceList } from './price-list.ts'
import { readWorkSamples } from './work-sample.ts'

interface Options {
  readonly photos: number
  readonly videoHours: number
  readonly egressGb: number
  readonly set: string
  readonly prices: string
  readonly work: string
  readonly freeGrants: boolean
  readonly json?: true
}

const root = resolve(import.meta.dirname, '..', '..', '..')
const command = new Command('npm run cost --')
  .description(
    'Estimates what Azure bills for a month, from measured work, committed infrastructure and list prices.',
  )
  .option('--photos <count>', 'photos in the month', parseAmount, 1000)
  .option('--video-hours <hours>', 'hours of video in the month', parseAmount, 10)
  .option('--egress-gb <gigabytes>', 'media sent to viewers', parseAmount, 0)
  .option('--set <name>', 'parameter set of infra/: dev, prod or hardened', 'prod')
  .option('--prices <file>', 'another price list', join(import.meta.dirname, 'prices.json'))
  .option('--work <file>', 'other measured work', join(import.meta.dirname, 'work.json'))
  .option('--no-free-grants', 'as if what is free each month were used up already')
  .option('--json', 'print JSON')
  .parse()
const options = command.opts<Options>()

try {
  const priceList = readPriceList(options.prices)
  const estimate = estimateCost({
    facts: readDeploymentFacts(root, options.set),
    samples: readWorkSamples(options.work),
    priceList,
    photos: options.photos,
    videoHours: options.videoHours,
    egressGb: options.egressGb,
    withFreeGrants: options.freeGrants,
  })
  console.log(options.json ? JSON.stringify(estimate, null, 2) : formatEstimate(estimate, priceList))
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error))
  process.exitCode = 1
}

function parseAmount(text: string): number {
  const amount = Number(text)
  if (!Number.isFinite(amount) || amount < 0) throw new InvalidArgumentError('Give a number, 0 or more.')
  return amount
}
