import type { Journal } from './journal.ts'
import type { Store } from './store.ts'

const longestWaitMs = 3_600_000
const batch = 500

/** Fires durable timers: the next one's time is in memory, all of them are on disk. Never early, whatever the machine's clock does meanwhile. */
export class Timers {
  readonly #store: Store
  readonly #journal: Journal
  #timeout: NodeJS.Timeout | undefined
  #armedForMs = Infinity
  #isOpen = false

  constructor(store: Store, journal: Journal) {
    this.#store = store
    this.#journal = journal
  }

  open(): void {
    this.#isOpen = true
    this.#rearm()
  }

  close(): void {
    this.#isOpen = false
    clearTimeout(this.#timeout)
  }

  /** A timer for this time is on disk. */
  arm(fireMs: number): void {
    if (!this.#isOpen || fireMs >= this.#armedForMs) return
    clearTimeout(this.#timeout)
    this.#armedForMs = fireMs
    const waitMs = Math.min(Math.max(0, fireMs - Date.now()), longestWaitMs)
    this.#timeout = setTimeout(() => void this.#fire(), waitMs)
  }

  #rearm(): void {
    this.#armedForMs = Infinity
    const next = this.#store.get<{ at: number | null }>('SELECT min(fire_ms) AS at FROM timers')
    if (next?.at !== null && next?.at !== undefined) this.arm(next.at)
  }

  async #fire(): Promise<void> {
    if (!this.#isOpen) return
    try {
      await this.#journal.write((effects) => {
        const due = this.#store.all<{
          seq: number
          instance_id: string
          execution_id: string
          event: string
        }>(`SELECT * FROM timers WHERE fire_ms <= ? ORDER BY fire_ms, seq LIMIT ${batch}`, Date.now())
        for (const row of due) {
          this.#store.run('DELETE FROM timers WHERE seq = ?', row.seq)
          this.#store.send(effects, { instanceId: row.instance_id, executionId: row.execution_id }, row.event)
        }
      })
    } catch {
      // The disk may be full: the timers are still there, and are looked at again in a second.
      this.#armedForMs = Date.now() + 1000
      this.#timeout = setTimeout(() => void this.#fire(), 1000)
      return
    }
    if (this.#isOpen) this.#rearm()
  }
}
