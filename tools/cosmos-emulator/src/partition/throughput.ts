import { badRequest } from '../errors.ts'
import { isJsonObject } from '../json.ts'
import type { JsonObject } from '../json.ts'

const largestThroughput = 1_000_000
const manualStep = { least: 400, step: 100 }
const autoscaleStep = { least: 1000, step: 1000 }

/** What a stored offer says of throughput, in request units per second. */
export interface Throughput {
  /** The most that is served: the throughput, or the maximum of autoscale. */
  most: number
  isAutoscale: boolean
  /** The highest that it ever was. */
  mostEver: number
  /** The least that it may be set to: a hundredth of the highest ever, a tenth with autoscale. */
  least: number
}

/** Reads the content of an offer as it is stored. */
export function throughputOf(content: JsonObject): Throughput {
  const { offerAutopilotSettings: settings, offerMinimumThroughputParameters: ever } = content
  const isAutoscale = isJsonObject(settings)
  const most = Number(isAutoscale ? settings.maxThroughput : content.offerThroughput)
  const mostEver = Math.max(most, isJsonObject(ever) ? Number(ever.maxThroughputEverProvisioned) : 0)
  const least = isAutoscale
    ? roundUp(Math.max(autoscaleStep.least, mostEver / 10), autoscaleStep.step)
    : roundUp(Math.max(manualStep.least, mostEver / 100), manualStep.step)
  return { most, isAutoscale, mostEver, least }
}

/** The content of an offer of fixed throughput. @throws ServiceError 400 */
export function manualContent(throughput: unknown, mostEver = 0): JsonObject {
  const most = checkThroughput(throughput, manualStep)
  return contentOf(most, most, mostEver)
}

/** The content of an offer that scales by itself: at rest it shows a tenth of its maximum. @throws ServiceError 400 */
export function autoscaleContent(settings: unknown, mostEver = 0): JsonObject {
  if (!isJsonObject(settings)) throw badRequest('The autopilot settings must be a JSON object.')
  const most = checkThroughput(settings.maxThroughput, autoscaleStep)
  return {
    ...contentOf(most / 10, most, mostEver),
    offerAutopilotSettings: { tier: 0, maximumTierThroughput: 0, autoUpgrade: false, ...settings },
  }
}

/** The content after a replacement of the offer; its kind stays. @throws ServiceError 400 */
export function replacedContent(current: JsonObject, wanted: unknown): JsonObject {
  if (!isJsonObject(wanted)) throw badRequest('The offer has no content.')
  const { isAutoscale, mostEver, least } = throughputOf(current)
  const settings = wanted.offerAutopilotSettings ?? undefined
  if (isAutoscale !== (settings !== undefined))
    throw badRequest(
      isAutoscale
        ? 'The offer scales by itself: set offerAutopilotSettings.maxThroughput, or migrate it with the header x-ms-cosmos-migrate-offer-to-manual-throughput: true.'
        : 'The offer has a fixed throughput: to let it scale by itself, migrate it with the header x-ms-cosmos-migrate-offer-to-autopilot: true and without offerAutopilotSettings.',
    )
  const content = isAutoscale
    ? autoscaleContent(settings, mostEver)
    : manualContent(wanted.offerThroughput, mostEver)
  if (throughputOf(content).most < least)
    throw badRequest(
      `The offer should have valid throughput values of at least ${least}, as ${mostEver} was provisioned before.`,
    )
  return content
}

/** The content of an offer that is made to scale by itself, or to do so no longer: its maximum stays as near as it can. */
export function migratedContent(current: JsonObject, toAutoscale: boolean): JsonObject {
  const { most, isAutoscale, mostEver } = throughputOf(current)
  if (isAutoscale === toAutoscale) return current
  if (!toAutoscale) return manualContent(most, mostEver)
  const maxThroughput = roundUp(Math.max(most, autoscaleStep.least), autoscaleStep.step)
  return autoscaleContent({ maxThroughput }, mostEver)
}

function contentOf(shown: number, most: number, mostEver: number): JsonObject {
  return {
    offerThroughput: shown,
    offerIsRUPerMinuteThroughputEnabled: false,
    offerMinimumThroughputParameters: {
      maxThroughputEverProvisioned: Math.max(most, mostEver),
      maxConsumedStorageEverInKB: 0,
    },
  }
}

function checkThroughput(value: unknown, { least, step }: { least: number; step: number }): number {
  if (typeof value === 'number' && value >= least && value <= largestThroughput && value % step === 0)
    return value
  throw badRequest(
    `The offer should have valid throughput values between ${least} and ${largestThroughput} inclusive in increments of ${step}; it has '${String(value)}'.`,
  )
}

function roundUp(value: number, step: number): number {
  return Math.ceil(value / step) * step
}
