import type { FunctionWorker } from '../worker/function-worker.ts'

/** How often a worker is asked within the time that it has to answer. */
const asksPerLimit = 4

/** What the last question to a worker came to. */
interface Pulse {
  readonly hasAnswered: boolean
  /** Looks since it was asked. */
  readonly looks: number
  readonly memoryBytes: number | undefined
}

/** What a heartbeat watches. */
export interface HeartbeatOptions {
  /** How long a worker may leave a question unanswered, ms; Infinity: nobody is asked. */
  readonly hangMs: number
  /** Those that run now. */
  readonly workers: () => readonly FunctionWorker[]
  /** Told once of a worker that does not answer. */
  readonly onHung: (worker: FunctionWorker) => void
}

/**
 * Asks workers again and again whether they still answer. It counts its own looks and not the time: neither a host that was held up
 * itself nor a laptop that slept makes a worker late. The time is the machine's, whatever clock the app's listeners have.
 */
export class Heartbeat {
  readonly #options: HeartbeatOptions
  readonly #pulses = new WeakMap<FunctionWorker, Pulse>()
  readonly #timer: NodeJS.Timeout | undefined

  constructor(options: HeartbeatOptions) {
    this.#options = options
    if (!Number.isFinite(options.hangMs)) return
    this.#timer = setInterval(() => this.#look(), options.hangMs / asksPerLimit).unref()
  }

  /** Memory of a worker when it answered last, bytes. */
  memoryOf(worker: FunctionWorker): number | undefined {
    return this.#pulses.get(worker)?.memoryBytes
  }

  /** Whether a worker is late with its answer. */
  isLate(worker: FunctionWorker): boolean {
    const pulse = this.#pulses.get(worker)
    return pulse !== undefined && !pulse.hasAnswered && pulse.looks > 0
  }

  close(): void {
    clearInterval(this.#timer)
  }

  #look(): void {
    for (const worker of this.#options.workers()) {
      const pulse = this.#pulses.get(worker)
      if (!pulse || pulse.hasAnswered) this.#ask(worker, pulse?.memoryBytes)
      else {
        const looks = pulse.looks + 1
        this.#pulses.set(worker, { ...pulse, looks })
        if (looks === asksPerLimit) this.#options.onHung(worker)
      }
    }
  }

  #ask(worker: FunctionWorker, memoryBytes: number | undefined): void {
    const answering = worker.ping?.()
    if (!answering) return
    this.#pulses.set(worker, { hasAnswered: false, looks: 0, memoryBytes })
    void answering.then((bytes) =>
      this.#pulses.set(worker, { hasAnswered: true, looks: 0, memoryBytes: bytes }),
    )
  }
}
