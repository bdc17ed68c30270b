import { tooManyRequests } from '../errors.ts'

const msPerSecond = 1000

/** A share of throughput: what is named, and how many request units it may serve in a second. */
export interface ThroughputShare {
  name: string
  unitsPerSecond: number
}

/** Counts what each share of throughput serves in the present second. What goes over it is owed by the seconds that follow. */
export class ThroughputLimiter {
  readonly #clock: () => number
  readonly #served = new Map<string, { second: number; units: number }>()

  constructor(clock: () => number) {
    this.#clock = clock
  }

  /** @throws ServiceError 429/3200, with the time to wait, when a share has served all that it may in this second */
  admit(shares: readonly ThroughputShare[]): void {
    const nowMs = this.#clock()
    const seconds = Math.max(
      ...shares.map((share) => Math.floor(this.#unitsOf(share) / share.unitsPerSecond)),
    )
    if (seconds > 0) throw tooManyRequests(seconds * msPerSecond - (nowMs % msPerSecond))
  }

  /** Counts request units, in equal parts on each share. */
  charge(shares: readonly ThroughputShare[], units: number): void {
    const second = this.#second()
    for (const share of shares)
      this.#served.set(share.name, { second, units: this.#unitsOf(share) + units / shares.length })
  }

  #unitsOf({ name, unitsPerSecond }: ThroughputShare): number {
    const served = this.#served.get(name)
    if (!served) return 0
    return Math.max(0, served.units - Math.max(0, this.#second() - served.second) * unitsPerSecond)
  }

  #second(): number {
    return Math.floor(this.#clock() / msPerSecond)
  }
}
