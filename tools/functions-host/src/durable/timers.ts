import type { HubContext } from './hub-context.ts'

const batch = 500
/** Before timers that could not be put down are looked at again, ms. */
const lookAgainMs = 1000

/** Fires durable timers: the next one's time is in memory, all of them are on disk. Never early, whatever the clock does meanwhile. */
export class Timers {
  readonly #hub: Pick<HubContext, 'store' | 'journal' | 'time'>
  #wait = new AbortController()
  #armedForMs = Infinity
  #isOpen = false

  constructor(hub: Pick<HubContext, 'store' | 'journal' | 'time'>) {
    this.#hub = hub
  }

  open(): void {
    this.#isOpen = true
    this.#rearm()
  }

  close(): void {
    this.#isOpen = false
    this.#wait.abort()
  }

  /** A timer for this time is on disk. */
  arm(fireMs: number): void {
    if (!this.#isOpen || fireMs >= this.#armedForMs) return
    this.#wait.abort()
    this.#wait = new AbortController()
    this.#armedForMs = fireMs
    void this.#fireAt(fireMs, this.#wait.signal)
  }

  #rearm(): void {
    this.#armedForMs = Infinity
    const next = this.#hub.store.get<{ at: number | null }>('SELECT min(fire_ms) AS at FROM timers')
    if (next?.at !== null && next?.at !== undefined) this.arm(next.at)
  }

  async #fireAt(fireMs: number, signal: AbortSignal): Promise<void> {
    if (await this.#hub.time.clock.until(fireMs, signal)) await this.#fire()
  }

  async #fire(): Promise<void> {
    const { store, journal, time } = this.#hub
    if (!this.#isOpen) return
    try {
      await journal.write((effects) => {
        const due = store.all<{
          seq: number
          instance_id: string
          execution_id: string
          event: string
        }>(`SELECT * FROM timers WHERE fire_ms <= ? ORDER BY fire_ms, seq LIMIT ${batch}`, time.nowMs())
        for (const row of due) {
          store.run('DELETE FROM timers WHERE seq = ?', row.seq)
          store.send(effects, { instanceId: row.instance_id, executionId: row.execution_id }, row.event)
        }
      })
    } catch {
      // The disk may be full: the timers are still there.
      this.#armedForMs = Infinity
      this.arm(time.nowMs() + lookAgainMs)
      return
    }
    if (this.#isOpen) this.#rearm()
  }
}
