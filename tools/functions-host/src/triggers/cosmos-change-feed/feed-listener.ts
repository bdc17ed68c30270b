import type { Container, CosmosClient, FeedRange } from '@azure/cosmos'

import { HostError } from '../../errors.ts'
import { CountingClock } from '../../time/counting-clock.ts'
import type { TriggerContext, TriggeredFunction } from '../../trigger.ts'
import { chooseLeases } from './choose-leases.ts'
import { countChanges } from './count-changes.ts'
import type { FeedSettings } from './feed-settings.ts'
import type { OpenFeed, RangeReading } from './follow-range.ts'
import { followRange } from './follow-range.ts'
import { HeldLease } from './held-lease.ts'
import type { HashRange, LeaseDocument } from './lease-document.ts'
import { hasStatus, LeaseStore } from './lease-store.ts'
import { uncoveredRanges } from './uncovered-ranges.ts'
import { Waiting } from './waiting.ts'

/** Wait before a feed that cannot be read is tried again, ms. */
const reconnectMs = 1000

type OpenRange = HashRange & { readonly feedRange: FeedRange }

/** Runs one function with the changes of one container: takes its share of the leases and follows their ranges. */
export class FeedListener {
  readonly #target: TriggeredFunction
  readonly #settings: FeedSettings
  readonly #context: TriggerContext
  readonly #source: CosmosClient
  readonly #leases: CosmosClient
  readonly #owner: string
  /** Of the looks at the leases and at the feed, and of retries. */
  readonly #clock: CountingClock
  readonly #stop = new AbortController()
  /** What waits for the next look at the feed, and for the next look at the leases. */
  readonly #polls: Waiting
  readonly #rounds: Waiting
  readonly #followed = new Map<string, Promise<void>>()
  /** What is followed now, by the ids of the leases. */
  readonly #readings = new Map<string, { readonly feed: OpenFeed; readonly reading: RangeReading }>()
  #loop: Promise<void> | undefined
  #lastFault = ''

  constructor(
    target: TriggeredFunction,
    options: { settings: FeedSettings; context: TriggerContext; source: CosmosClient; leases: CosmosClient },
  ) {
    this.#target = target
    this.#settings = options.settings
    this.#context = options.context
    this.#source = options.source
    this.#leases = options.leases
    // Two functions that share leases are two competitors, as in the real host.
    this.#owner = `${options.context.instanceName}/${target.metadata.name}`
    this.#clock = new CountingClock(options.context.clock)
    this.#polls = new Waiting(this.#clock)
    this.#rounds = new Waiting(this.#clock)
  }

  get functionName(): string {
    return this.#target.metadata.name
  }

  get containerName(): string {
    return this.#settings.containerName
  }

  /** What it is at that goes on by itself: each range waits when there is nothing new, and so does the look at the leases. */
  busyWith(): readonly string[] {
    const isAtRest = this.#clock.waiting > this.#followed.size
    return isAtRest || this.#stop.signal.aborted ? [] : [`reading the change feed of ${this.containerName}`]
  }

  /** Changes that an instance is meant to have: those of one batch. */
  get perInstance(): number {
    return this.#settings.maxItems
  }

  /** Changes that wait at the ranges that are followed here, those of running batches included; up to a number of each. */
  async waiting(mostOfRange: number): Promise<number> {
    const counts = await Promise.all(
      [...this.#readings.values()].map(({ feed, reading }) => countChanges(feed, reading, mostOfRange)),
    )
    return counts.reduce((sum, count) => sum + count, 0)
  }

  start(): void {
    this.#loop = this.#run()
  }

  wake(): void {
    this.#polls.endAll()
  }

  async drain(): Promise<void> {
    this.#stop.abort()
    await this.#loop
    await Promise.all(this.#followed.values())
  }

  async #run(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      let waitMs = this.#settings.acquireIntervalMs
      try {
        await this.#takeShare()
      } catch (error) {
        this.#report(error)
        waitMs = reconnectMs
      }
      await this.#rounds.wait(waitMs, this.#stop.signal)
    }
  }

  /** One look at the leases: takes those that are this instance's to take, and follows their ranges. */
  async #takeShare(): Promise<void> {
    const { feed, ranges } = await this.#open()
    const leases = await this.#ensureLeases(feed.store, ranges)
    const isOwnUnfollowed = (lease: LeaseDocument): boolean =>
      lease.Owner === this.#owner && !this.#followed.has(lease.id)
    const chosen = new Set([
      ...leases.filter(isOwnUnfollowed),
      ...chooseLeases(leases, {
        owner: this.#owner,
        nowMs: this.#context.clock.now(),
        expirationMs: this.#settings.expirationMs,
      }),
    ])
    for (const lease of chosen) {
      if (this.#stop.signal.aborted || this.#followed.has(lease.id)) continue
      const held = await HeldLease.acquire(feed.store, lease, this.#owner)
      if (held) this.#follow(feed, held, ranges)
    }
  }

  #follow(feed: OpenFeed, lease: HeldLease, ranges: readonly OpenRange[]): void {
    const { id } = lease.document
    const reading: RangeReading = {
      lease,
      range: ranges.find((range) => isSame(range, lease.document.FeedRange))?.feedRange,
      stop: this.#stop.signal,
      pause: (signal) => this.#polls.wait(this.#settings.pollDelayMs, signal),
    }
    this.#readings.set(id, { feed, reading })
    const followed = followRange(feed, reading).then(
      () => 0,
      (error: unknown) => {
        this.#report(error)
        return reconnectMs
      },
    )
    const ended = followed.then(async (waitMs) => {
      this.#readings.delete(id)
      await this.#clock.poll(waitMs, this.#stop.signal)
      this.#followed.delete(id)
      this.#rounds.endAll()
    })
    this.#followed.set(id, ended)
  }

  async #open(): Promise<{ feed: OpenFeed; ranges: OpenRange[] }> {
    const settings = this.#settings
    const leaseContainer = await this.#openLeaseContainer()
    const container = this.#source.database(settings.databaseName).container(settings.containerName)
    const { resource } = await container.read()
    // A container that was made anew has another rid, and so other leases.
    const prefix = `${settings.leasePrefix}${resource?._rid}..`.replaceAll(/[/\\#?]/g, '_')
    const feedRanges = await container.getFeedRanges()
    return {
      feed: {
        target: this.#target,
        context: this.#context,
        clock: this.#clock,
        settings,
        container,
        store: new LeaseStore(leaseContainer, { prefix, mode: settings.mode, clock: this.#context.clock }),
      },
      ranges: feedRanges.map(toOpenRange),
    }
  }

  async #openLeaseContainer(): Promise<Container> {
    const { leaseDatabaseName, leaseContainerName, createsLeaseContainer, leaseThroughput } = this.#settings
    if (createsLeaseContainer) {
      const { database } = await this.#leases.databases.createIfNotExists({ id: leaseDatabaseName })
      await database.containers.createIfNotExists({
        id: leaseContainerName,
        partitionKey: '/id',
        ...(leaseThroughput === undefined ? {} : { throughput: leaseThroughput }),
      })
    }
    const container = this.#leases.database(leaseDatabaseName).container(leaseContainerName)
    await container.read()
    return container
  }

  /** All leases of this feed, those included that had to be made. */
  async #ensureLeases(store: LeaseStore, ranges: readonly OpenRange[]): Promise<LeaseDocument[]> {
    const leases = await store.list()
    const foreign = leases.find(({ Mode }) => Mode !== this.#settings.mode)
    if (foreign)
      throw new HostError(
        `Function "${this.#target.metadata.name}": changeFeedMode is ${this.#settings.mode}, but its leases are for ${foreign.Mode}: set another leaseContainerPrefix.`,
      )
    // Nobody has read a range that was split before its first reading: its children begin as it would have.
    const unread = leases.filter(
      (lease) => lease.ContinuationToken === null && !ranges.some((range) => isSame(range, lease.FeedRange)),
    )
    for (const { id } of unread) await store.remove(id)
    const kept = leases.filter((lease) => !unread.includes(lease))
    const missing = uncoveredRanges(
      ranges,
      kept.map(({ FeedRange: range }) => range),
    )
    for (const range of missing) await store.create(range, null)
    return missing.length + unread.length > 0 ? store.list() : kept
  }

  /** Logs what hinders the feed, once for as long as it does. */
  #report(error: unknown): void {
    const fault = this.#explain(error)
    if (fault === this.#lastFault || this.#stop.signal.aborted) return
    this.#lastFault = fault
    this.#context.log('error', fault)
  }

  #explain(error: unknown): string {
    const { databaseName, containerName, leaseDatabaseName, leaseContainerName, mode } = this.#settings
    const what = `The change feed of ${databaseName}/${containerName} for ${this.#target.metadata.name} cannot be read yet`
    const reason = (error as Error).message.split('\n')[0]
    if (error instanceof HostError) return error.message
    if (hasStatus(error, 404))
      return `${what}: the container, or the container of its leases (${leaseDatabaseName}/${leaseContainerName}), does not exist. Make both before the app starts; createLeaseContainerIfNotExists makes the latter.`
    if (hasStatus(error, 400) && mode === 'AllVersionsAndDeletes')
      return `${what}: the account refuses its changeFeedMode AllVersionsAndDeletes (${reason}). Turn it on for the account and give the container a changeFeedPolicy with a retention, or set changeFeedMode to LatestVersion.`
    return `${what}: ${reason}`
  }
}

function toOpenRange(feedRange: FeedRange): OpenRange {
  const { minInclusive, maxExclusive } = feedRange as unknown as {
    minInclusive: string
    maxExclusive: string
  }
  return { min: minInclusive, max: maxExclusive, feedRange }
}

const isSame = (one: HashRange, other: HashRange): boolean => one.min === other.min && one.max === other.max
