import type { InstanceSettings } from '../config/instance-settings.ts'
import type { Clock } from '../time/clock.ts'
import type { Demand } from '../trigger.ts'
import type { Lull } from './decide-instances.ts'
import { decideInstances } from './decide-instances.ts'

/** How often the number of instances is decided while there is something to do, ms. */
const lookMs = 1000

/** What whoever decides about instances works with. */
export interface AutoscalerOptions {
  readonly settings: InstanceSettings
  readonly clock: Clock
  /** Instances that run or start now. */
  readonly count: () => number
  readonly demands: () => Promise<readonly Demand[]>
  /** Makes them more or fewer; `busiest`: whose work asks for the most. */
  readonly resize: (count: number, busiest: Demand | undefined) => void
}

/** Keeps the number of instances at what the work asks for. It sleeps while there is none, until it is told of some. */
export class Autoscaler {
  readonly #options: AutoscalerOptions
  readonly #closing = new AbortController()
  #isAwake = false
  #isTold = false
  #lull: Lull | undefined

  constructor(options: AutoscalerOptions) {
    this.#options = options
  }

  /** There is something to do. */
  tell(): void {
    const { least, most } = this.#options.settings
    if (least === most) return
    this.#isTold = true
    if (this.#isAwake) return
    this.#isAwake = true
    void this.#watch()
  }

  close(): void {
    this.#closing.abort()
  }

  async #watch(): Promise<void> {
    const { settings, clock, count, demands, resize } = this.#options
    const { signal } = this.#closing
    while (!signal.aborted) {
      this.#isTold = false
      const now = await demands()
      if (signal.aborted) return
      const before = count()
      const decided = decideInstances({
        range: settings,
        idleMs: settings.idleMs,
        count: before,
        demands: now,
        nowMs: clock.now(),
        lull: this.#lull,
      })
      this.#lull = decided.lull
      if (decided.count !== before) resize(decided.count, decided.busiest)
      const isQuiet = decided.count <= settings.least && now.every((demand) => demand.count === 0)
      if (isQuiet && !this.#isTold) break
      await clock.poll(lookMs, signal)
    }
    this.#isAwake = false
  }
}
