import type { Clock } from '../time/clock.ts'

/** Tells who waits for an instance that it has ended. */
export class InstanceEnds {
  readonly #clock: Clock
  readonly #waiting = new Map<string, Set<AbortController>>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Resolves at the end of an instance, or when the time is over. */
  async wait(instanceId: string, timeoutMs: number): Promise<void> {
    const waiting = this.#waiting.get(instanceId) ?? new Set()
    this.#waiting.set(instanceId, waiting)
    const end = new AbortController()
    waiting.add(end)
    await this.#clock.delay(timeoutMs, end.signal)
    waiting.delete(end)
    if (waiting.size === 0) this.#waiting.delete(instanceId)
  }

  /** The end of an instance is on disk. */
  tell(instanceId: string): void {
    for (const end of this.#waiting.get(instanceId) ?? []) end.abort('told')
  }
}
