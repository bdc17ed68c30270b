import type { AppSettings } from '../../config/app-settings.ts'
import { resolveSettings } from '../../config/app-config.ts'
import { formerCosmosNames } from '../../bindings/cosmos-names.ts'
import { HostError } from '../../errors.ts'
import type { TriggeredFunction } from '../../trigger.ts'
import type { FeedMode } from './lease-document.ts'

/** Settings of one change feed function. */
export interface FeedSettings {
  readonly connection: string
  readonly databaseName: string
  readonly containerName: string
  readonly leaseConnection: string
  readonly leaseDatabaseName: string
  readonly leaseContainerName: string
  readonly leasePrefix: string
  readonly createsLeaseContainer: boolean
  /** Request units of a lease container that is made. */
  readonly leaseThroughput: number | undefined
  readonly mode: FeedMode
  readonly pollDelayMs: number
  readonly acquireIntervalMs: number
  readonly renewIntervalMs: number
  readonly expirationMs: number
  readonly maxItems: number
  readonly startFromBeginning: boolean
  readonly startFromTime: Date | undefined
}

/** Reads the trigger binding. @throws HostError naming the function and the field */
export function readFeedSettings(target: TriggeredFunction, settings: AppSettings): FeedSettings {
  const fields = new BindingFields(target, settings)
  const connection = fields.text('connection')
  const databaseName = fields.text('databaseName')
  const feed: FeedSettings = {
    connection,
    databaseName,
    containerName: fields.text('containerName'),
    leaseConnection: fields.text('leaseConnection', connection),
    leaseDatabaseName: fields.text('leaseDatabaseName', databaseName),
    leaseContainerName: fields.text('leaseContainerName', 'leases'),
    leasePrefix: fields.optionalText('leaseContainerPrefix') ?? '',
    createsLeaseContainer: fields.isSet('createLeaseContainerIfNotExists'),
    leaseThroughput: fields.optionalNumber('leasesContainerThroughput'),
    mode: fields.mode(),
    pollDelayMs: fields.optionalNumber('feedPollDelay') ?? 5000,
    acquireIntervalMs: fields.optionalNumber('leaseAcquireInterval') ?? 13_000,
    renewIntervalMs: fields.optionalNumber('leaseRenewInterval') ?? 17_000,
    expirationMs: fields.optionalNumber('leaseExpirationInterval') ?? 60_000,
    maxItems: fields.optionalNumber('maxItemsPerInvocation') ?? 100,
    startFromBeginning: fields.isSet('startFromBeginning'),
    startFromTime: fields.time('startFromTime'),
  }
  checkTogether(feed, fields)
  return feed
}

/** What each field allows, but not both together. */
function checkTogether(feed: FeedSettings, fields: BindingFields): void {
  const isSameContainer =
    feed.connection === feed.leaseConnection &&
    feed.databaseName === feed.leaseDatabaseName &&
    feed.containerName === feed.leaseContainerName
  if (isSameContainer)
    throw fields.fault(
      `the container "${feed.containerName}" cannot hold the leases of its own feed: set leaseContainerName to another one`,
    )
  if (feed.startFromBeginning && feed.startFromTime)
    throw fields.fault('set only one of startFromBeginning and startFromTime')
  if (feed.mode === 'AllVersionsAndDeletes' && (feed.startFromBeginning || feed.startFromTime))
    throw fields.fault(
      'changeFeedMode AllVersionsAndDeletes starts from now: remove startFromBeginning and startFromTime',
    )
  if (feed.renewIntervalMs >= feed.expirationMs)
    throw fields.fault('leaseRenewInterval must be shorter than leaseExpirationInterval')
}

/** The fields of a binding, by name. */
class BindingFields {
  readonly #target: TriggeredFunction
  readonly #settings: AppSettings

  constructor(target: TriggeredFunction, settings: AppSettings) {
    this.#target = target
    this.#settings = settings
  }

  fault(what: string): HostError {
    return new HostError(`Function "${this.#target.metadata.name}": ${what}.`)
  }

  optionalText(field: string): string | undefined {
    const { trigger } = this.#target
    const value = trigger[field] ?? trigger[formerCosmosNames[field] ?? field]
    if (value === undefined || value === null || value === '') return undefined
    return resolveSettings(String(value), this.#settings, `Function "${this.#target.metadata.name}"`)
  }

  text(field: string, fallback?: string): string {
    const value = this.optionalText(field) ?? fallback
    if (value === undefined) throw this.fault(`"${field}" of its cosmosDBTrigger is missing`)
    return value
  }

  /** A number; 0 means that the default holds, as in the real host. */
  optionalNumber(field: string): number | undefined {
    const text = this.optionalText(field)
    const value = Number(text ?? 0)
    if (!Number.isFinite(value) || value < 0)
      throw this.fault(`"${field}" must be a number above 0, not "${text}"`)
    return value === 0 ? undefined : value
  }

  isSet(field: string): boolean {
    return this.optionalText(field)?.toLowerCase() === 'true'
  }

  time(field: string): Date | undefined {
    const text = this.optionalText(field)
    if (text === undefined) return undefined
    const time = new Date(text)
    if (Number.isNaN(time.getTime()))
      throw this.fault(`"${field}" must be a time in ISO 8601 such as 2026-02-16T14:19:29Z, not "${text}"`)
    return time
  }

  mode(): FeedMode {
    const text = this.optionalText('changeFeedMode') ?? 'LatestVersion'
    if (text === 'LatestVersion' || text === 'AllVersionsAndDeletes') return text
    throw this.fault(`"changeFeedMode" must be LatestVersion or AllVersionsAndDeletes, not "${text}"`)
  }
}
