import type { ChangeFeedIteratorOptions, Container, CosmosClient, FeedRange } from '@azure/cosmos'

import { invokeWithRetries, retryPolicyOf } from '../../retry.ts'
import type { TriggerContext, TriggeredFunction } from '../../trigger.ts'
import { FeedLease } from './feed-lease.ts'
import type { FeedSettings } from './feed-settings.ts'

/** Wait before a feed that cannot be read is tried again, ms. */
const reconnectMs = 1000

/** Follows the change feed of one container and runs one function with its batches. */
export class FeedListener {
  readonly #target: TriggeredFunction
  readonly #settings: FeedSettings
  readonly #context: TriggerContext
  readonly #clients: { readonly source: CosmosClient; readonly leases: CosmosClient }
  readonly #stop = new AbortController()
  #loop: Promise<void> | undefined
  readonly #endWaits = new Set<() => void>()

  constructor(
    target: TriggeredFunction,
    options: { settings: FeedSettings; context: TriggerContext; source: CosmosClient; leases: CosmosClient },
  ) {
    this.#target = target
    this.#settings = options.settings
    this.#context = options.context
    this.#clients = options
  }

  get containerName(): string {
    return this.#settings.containerName
  }

  start(): void {
    this.#loop = this.#run()
  }

  wake(): void {
    for (const end of this.#endWaits) end()
  }

  async drain(): Promise<void> {
    this.#stop.abort()
    this.wake()
    await this.#loop
  }

  /** Finds the ranges of the container and follows each; on trouble begins anew from the leases. */
  async #run(): Promise<void> {
    let lastFault = ''
    while (!this.#stop.signal.aborted) {
      try {
        const container = this.#clients.source
          .database(this.#settings.databaseName)
          .container(this.#settings.containerName)
        const leases = await this.#openLeases()
        const { resource } = await container.read()
        const ranges = await container.getFeedRanges()
        // One range in trouble ends the round for all, so that no range is ever followed twice.
        const round = new AbortController()
        const followed = await Promise.allSettled(
          ranges.map((range) =>
            this.#follow(container, range, {
              leases,
              rid: String(resource?._rid),
              signal: round.signal,
            }).finally(() => {
              round.abort()
              this.wake()
            }),
          ),
        )
        for (const result of followed) if (result.status === 'rejected') throw result.reason
        lastFault = ''
      } catch (error) {
        const fault = (error as Error).message.split('\n')[0] ?? ''
        if (fault !== lastFault && !this.#stop.signal.aborted) {
          this.#context.log(
            'warning',
            `Change feed of ${this.#settings.containerName} for ${this.#target.metadata.name} is not readable yet: ${fault}`,
          )
        }
        lastFault = fault
        await this.#wait(reconnectMs)
      }
    }
  }

  async #openLeases(): Promise<Container> {
    const { leaseDatabaseName, leaseContainerName, createsLeaseContainer } = this.#settings
    const database = this.#clients.leases.database(leaseDatabaseName)
    if (createsLeaseContainer)
      await database.containers.createIfNotExists({ id: leaseContainerName, partitionKey: '/id' })
    const container = database.container(leaseContainerName)
    await container.read()
    return container
  }

  async #follow(
    container: Container,
    range: FeedRange,
    where: { leases: Container; rid: string; signal: AbortSignal },
  ): Promise<void> {
    const { minInclusive, maxExclusive } = range as unknown as { minInclusive: string; maxExclusive: string }
    const id = `${this.#settings.leasePrefix}${where.rid}..${minInclusive || '0'}-${maxExclusive}`
    const lease = await FeedLease.open(where.leases, id.replaceAll(/[/\\#?]/g, '_'))
    while (!this.#stop.signal.aborted && !where.signal.aborted) {
      const iterator = container.items.getChangeFeedIterator<unknown>(
        await this.#optionsFor(range, lease.continuation),
      )
      const page = await iterator.readNext()
      const token = page.continuationToken
      if (page.statusCode === 304 || page.count === 0 || !page.result) {
        // A first look at an empty feed fixes where "now" was.
        if (lease.continuation === undefined && token) await lease.checkpoint(token)
        await this.#wait(this.#settings.pollDelayMs)
        continue
      }
      const policy = retryPolicyOf(this.#target.metadata, this.#context.config.retry)
      const request = {
        data: { json: JSON.stringify(page.result) },
        reason: `New changes on container ${this.#settings.containerName}.`,
      }
      const result = await invokeWithRetries(this.#context, this.#target, {
        request,
        policy,
        signal: this.#stop.signal,
      })
      // As the real host: a batch that failed for good is reported and passed over; one that a shutdown interrupted is not.
      if (!result.ok && this.#stop.signal.aborted) return
      await lease.checkpoint(token)
    }
  }

  async #optionsFor(range: FeedRange, continuation: string | undefined): Promise<ChangeFeedIteratorOptions> {
    const { ChangeFeedStartFrom } = await import('@azure/cosmos')
    const { startFromBeginning, startFromTime, maxItems } = this.#settings
    if (continuation !== undefined)
      return { changeFeedStartFrom: ChangeFeedStartFrom.Continuation(continuation), maxItemCount: maxItems }
    if (startFromBeginning)
      return { changeFeedStartFrom: ChangeFeedStartFrom.Beginning(range), maxItemCount: maxItems }
    if (startFromTime)
      return {
        changeFeedStartFrom: ChangeFeedStartFrom.Time(new Date(startFromTime), range),
        maxItemCount: maxItems,
      }
    return { changeFeedStartFrom: ChangeFeedStartFrom.Now(range), maxItemCount: maxItems }
  }

  async #wait(ms: number): Promise<void> {
    if (this.#stop.signal.aborted) return
    await new Promise<void>((resolve) => {
      const end = (): void => {
        clearTimeout(timer)
        this.#endWaits.delete(end)
        resolve()
      }
      const timer = setTimeout(end, ms)
      this.#endWaits.add(end)
    })
  }
}
