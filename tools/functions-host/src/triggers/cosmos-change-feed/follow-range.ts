import type { ChangeFeedIteratorOptions, ChangeFeedStartFrom, Container, FeedRange } from '@azure/cosmos'

import { invokeWithRetries, retryPolicyOf } from '../../retry.ts'
import type { Clock } from '../../time/clock.ts'
import type { TriggerContext, TriggeredFunction } from '../../trigger.ts'
import type { InvocationResult } from '../../worker/function-worker.ts'
import type { FeedSettings } from './feed-settings.ts'
import type { HeldLease } from './held-lease.ts'
import { LeaseLostError } from './held-lease.ts'
import type { LeaseStore } from './lease-store.ts'
import { splitContinuation } from './split-continuation.ts'

/** A feed that is open for reading, and the function that gets its changes. */
export interface OpenFeed {
  readonly target: TriggeredFunction
  readonly context: TriggerContext
  /** That of looks and retries; leases are renewed beside it. */
  readonly clock: Clock
  readonly settings: FeedSettings
  readonly container: Container
  readonly store: LeaseStore
}

/** How a range is read. */
export interface RangeReading {
  readonly lease: HeldLease
  /** The range as the library knows it; needed as long as the lease has no continuation. */
  readonly range: FeedRange | undefined
  /** Ends the reading; a batch that runs is waited for. */
  readonly stop: AbortSignal
  /** Waits for the next look at a feed that had nothing new. */
  readonly pause: (signal: AbortSignal) => Promise<void>
}

/**
 * Hands the changes of one leased range to the function, in their order, one batch at a time, until it is stopped, the lease is
 * lost or the range was split. The lease is kept alive meanwhile, and given back at the end.
 */
export async function followRange(feed: OpenFeed, reading: RangeReading): Promise<void> {
  const { lease, stop } = reading
  const done = new AbortController()
  const lost = new AbortController()
  const renewal = renew(feed, lease, done.signal).catch((error: unknown) => lost.abort(error))
  try {
    await handleChanges(feed, { ...reading, stop: AbortSignal.any([stop, lost.signal]) })
  } catch (error) {
    if (!(error instanceof LeaseLostError)) throw error
    lost.abort(error)
  } finally {
    done.abort()
    await renewal
    if (lost.signal.aborted)
      feed.context.log('info', `${feed.target.metadata.name}: ${lost.signal.reason.message}`)
    // What cannot be given back expires.
    else await lease.release().catch(() => {})
  }
}

/** Shows again and again that the owner lives. @throws LeaseLostError also when it could not be shown for too long */
async function renew({ context, settings }: OpenFeed, lease: HeldLease, done: AbortSignal): Promise<void> {
  let renewedMs = context.clock.now()
  while (await context.clock.poll(settings.renewIntervalMs, done)) {
    try {
      await lease.renew()
      renewedMs = context.clock.now()
    } catch (error) {
      if (error instanceof LeaseLostError) throw error
      if (context.clock.now() - renewedMs > settings.expirationMs)
        throw new LeaseLostError(
          `The lease ${lease.document.id} could not be renewed: ${(error as Error).message}`,
        )
    }
  }
}

async function handleChanges(feed: OpenFeed, reading: RangeReading): Promise<void> {
  const { lease, stop, pause } = reading
  const { clock, target, settings } = feed
  const context = { ...feed.context, clock }
  const iterator = feed.container.items.getChangeFeedIterator<unknown>(
    await iteratorOptions(settings, reading),
  )
  const policy = retryPolicyOf(target.metadata, context.config.retry)
  while (!stop.aborted) {
    const page = await iterator.readNext()
    const continuation = page.continuationToken
    const isEmpty = page.statusCode === 304 || page.count === 0
    if (!isEmpty) {
      const request = {
        data: { json: JSON.stringify(page.result.map((item) => toItem(item, settings))) },
        reason: `New changes on container ${settings.containerName}.`,
      }
      const handle = (): Promise<InvocationResult> =>
        invokeWithRetries(context, target, { request, policy, signal: stop })
      const isRepeated = context.chaos.strikes(
        'change batch twice',
        () => `${target.metadata.name} ${continuation}`,
      )
      if (isRepeated) await handle()
      const result = await handle()
      // As the real host: a batch that failed for good is reported and passed over; one that was interrupted is not.
      if (!result.ok && stop.aborted) return
      await lease.checkpoint(continuation)
    } else if (lease.document.ContinuationToken === null) {
      // A first look at an empty feed fixes where "now" was.
      await lease.checkpoint(continuation)
    }
    if (await leaveToChildren(feed, lease, continuation)) return
    if (isEmpty) await pause(stop)
  }
}

/** The leases of a range whose partition was split take the place of its own. False when it was not split. */
async function leaveToChildren(
  { store, context }: OpenFeed,
  lease: HeldLease,
  continuation: string,
): Promise<boolean> {
  const parts = splitContinuation(continuation)
  if (parts.length < 2) return false
  for (const part of parts) await store.create(part.range, part.continuation)
  await store.remove(lease.document.id)
  context.log('info', `The partition of the lease ${lease.document.id} was split into ${parts.length}.`)
  return true
}

/** How the changes of a range are asked for, from where they have been handled. */
export async function iteratorOptions(
  settings: FeedSettings,
  reading: Pick<RangeReading, 'lease' | 'range'>,
): Promise<ChangeFeedIteratorOptions> {
  const { ChangeFeedMode, ChangeFeedStartFrom: start } = await import('@azure/cosmos')
  return {
    changeFeedStartFrom: startFrom(start, settings, reading),
    maxItemCount: settings.maxItems,
    changeFeedMode: ChangeFeedMode[settings.mode],
  }
}

function startFrom(
  start: typeof ChangeFeedStartFrom,
  settings: FeedSettings,
  { lease, range }: Pick<RangeReading, 'lease' | 'range'>,
): ChangeFeedStartFrom {
  const { ContinuationToken } = lease.document
  if (ContinuationToken !== null) return start.Continuation(ContinuationToken)
  if (settings.startFromBeginning) return start.Beginning(range)
  return settings.startFromTime ? start.Time(settings.startFromTime, range) : start.Now(range)
}

/** A change as the function sees it: a document, or with all versions what it was and is, `current` null when it was deleted. */
function toItem(item: unknown, { mode }: FeedSettings): unknown {
  if (mode === 'LatestVersion') return item
  return { ...(item as object), current: (item as { current?: unknown }).current ?? null }
}
