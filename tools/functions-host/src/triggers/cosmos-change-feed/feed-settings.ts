import type { AppSettings } from '../../app-config.ts'
import { resolveSettings } from '../../app-config.ts'
import { HostError, NotImplementedError } from '../../errors.ts'
import type { TriggeredFunction } from '../../trigger.ts'

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
  readonly pollDelayMs: number
  readonly maxItems: number
  readonly startFromBeginning: boolean
  readonly startFromTime: string | undefined
}

/** Reads the trigger binding. @throws HostError, NotImplementedError */
export function readFeedSettings(target: TriggeredFunction, settings: AppSettings): FeedSettings {
  const { trigger, metadata } = target
  const where = `Function "${metadata.name}"`
  const text = (key: string, fallback?: string): string => {
    const value = trigger[key] ?? fallback
    if (value === undefined || value === '')
      throw new HostError(`${where}: "${key}" of its cosmosDBTrigger is missing.`)
    return resolveSettings(String(value), settings, where)
  }
  if (trigger['changeFeedMode'] === 'AllVersionsAndDeletes')
    throw new NotImplementedError(`${where}: changeFeedMode AllVersionsAndDeletes`)
  const connection = text('connection')
  const databaseName = text('databaseName')
  return {
    connection,
    databaseName,
    containerName: text('containerName'),
    leaseConnection: text('leaseConnection', connection),
    leaseDatabaseName: text('leaseDatabaseName', databaseName),
    leaseContainerName: text('leaseContainerName', 'leases'),
    leasePrefix: trigger['leaseContainerPrefix'] === undefined ? '' : text('leaseContainerPrefix'),
    createsLeaseContainer: trigger['createLeaseContainerIfNotExists'] === true,
    pollDelayMs: Number(trigger['feedPollDelay'] ?? 5000),
    maxItems: Number(trigger['maxItemsPerInvocation'] ?? 100),
    startFromBeginning: trigger['startFromBeginning'] === true,
    startFromTime: trigger['startFromTime'] as string | undefined,
  }
}
