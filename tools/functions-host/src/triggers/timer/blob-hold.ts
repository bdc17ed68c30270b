import type { BlobLeaseClient, BlockBlobClient } from '@azure/storage-blob'

import type { Clock } from '../../time/clock.ts'
import type { TimerHold } from './timer-store.ts'

interface HoldOptions {
  /** A GUID; whoever has it already holds what it held. */
  readonly leaseId: string
  readonly clock: Clock
  readonly periodMs: number
}

/** A lease of an empty blob, renewed until it is released or lost. */
export class BlobHold implements TimerHold {
  readonly #lease: BlobLeaseClient
  readonly #lost = new AbortController()
  readonly #released = new AbortController()
  readonly #renewal: Promise<void>

  private constructor(lease: BlobLeaseClient, { clock, periodMs }: HoldOptions) {
    this.#lease = lease
    this.#renewal = this.#renew(clock, periodMs)
  }

  /** Takes the lease of a blob, which is made when it is not there; undefined when another one has it. */
  static async acquire(blob: BlockBlobClient, options: HoldOptions): Promise<BlobHold | undefined> {
    const lease = blob.getBlobLeaseClient(options.leaseId)
    try {
      await lease.acquireLease(options.periodMs / 1000)
    } catch (error) {
      if (statusOf(error) === 409) return undefined
      if (statusOf(error) !== 404) throw error
      await makeEmpty(blob)
      return BlobHold.acquire(blob, options)
    }
    return new BlobHold(lease, options)
  }

  get lost(): AbortSignal {
    return this.#lost.signal
  }

  async release(): Promise<void> {
    this.#released.abort()
    await this.#renewal
    // What cannot be released runs out.
    if (!this.#lost.signal.aborted) await this.#lease.releaseLease().catch(() => {})
  }

  async #renew(clock: Clock, periodMs: number): Promise<void> {
    let renewedMs = clock.now()
    while (await clock.poll(periodMs / 2, this.#released.signal)) {
      try {
        await this.#lease.renewLease()
        renewedMs = clock.now()
      } catch (error) {
        const isTaken = [404, 409, 412].includes(statusOf(error) ?? 0)
        if (!isTaken && clock.now() - renewedMs < periodMs) continue
        this.#lost.abort()
        return
      }
    }
  }
}

async function makeEmpty(blob: BlockBlobClient): Promise<void> {
  try {
    await blob.upload('', 0, { conditions: { ifNoneMatch: '*' } })
  } catch (error) {
    if (statusOf(error) !== 409 && statusOf(error) !== 412) throw error
  }
}

function statusOf(error: unknown): number | undefined {
  return (error as { statusCode?: number }).statusCode
}
