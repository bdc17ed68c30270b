import type { KeyRange } from '../partition/key-ranges.ts'
import type { ThroughputLimiter, ThroughputShare } from '../partition/throughput-limiter.ts'
import { throughputOf } from '../partition/throughput.ts'
import type { AccountStore, OpenContainer } from '../storage/account-store.ts'

/** The throughput on which one request draws. Operations of a bulk draw on it one by one. */
export class RequestBudget {
  readonly #limiter: ThroughputLimiter
  readonly #shares: ThroughputShare[]
  #charged = 0

  constructor(limiter: ThroughputLimiter, shares: ThroughputShare[]) {
    this.#limiter = limiter
    this.#shares = shares
  }

  /** @throws ServiceError 429/3200 when there is nothing left in this second */
  admit(): void {
    this.#limiter.admit(this.#shares)
  }

  charge(units: number): void {
    this.#charged += units
    this.#limiter.charge(this.#shares, units)
  }

  /** Charges what a request cost in all, less what it has been charged for already. */
  settle(units: number): void {
    if (units > this.#charged) this.charge(units - this.#charged)
  }
}

/**
 * The budget of a request that asks these ranges of a container: each has an equal part of the container's throughput. A database that
 * shares its throughput has one budget for all its containers. Undefined where throughput is not enforced, or is not there.
 */
export function requestBudget(
  { catalog, limiter }: AccountStore,
  { database, record }: OpenContainer,
  asked: readonly KeyRange[],
): RequestBudget | undefined {
  if (!limiter) return undefined
  const own = catalog.offerOf(record.rid)
  if (own) {
    const unitsPerSecond = throughputOf(own.content).most / record.ranges.length
    return new RequestBudget(
      limiter,
      asked.map(({ id }) => ({ name: `${record.rid}/${id}`, unitsPerSecond })),
    )
  }
  const shared = catalog.offerOf(database.rid)
  if (!shared) return undefined
  return new RequestBudget(limiter, [
    { name: database.rid, unitsPerSecond: throughputOf(shared.content).most },
  ])
}
