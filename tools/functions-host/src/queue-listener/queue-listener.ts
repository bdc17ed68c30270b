import { randomizedBackoffMs } from '../time/randomized-backoff.ts'
import { visibilitySeconds } from './message-hold.ts'
import { MessageRun } from './message-run.ts'
import type { QueueListenerOptions } from './queue-listener-options.ts'
import { QueueReader } from './queue-reader.ts'
import { shortestPollMs } from './queue-settings.ts'

/** Takes messages of one queue and has each of them handled, several at a time. */
export class QueueListener {
  readonly #options: QueueListenerOptions
  readonly #reader: QueueReader
  readonly #running = new Set<Promise<void>>()
  /** Messages to run once more with nothing beside them. */
  readonly #suspects: MessageRun[] = []
  readonly #stop = new AbortController()
  #isStopping = false
  #loop: Promise<void> | undefined
  #idlePolls = 0
  #isWoken = false
  #endWait: AbortController | undefined

  constructor(options: QueueListenerOptions) {
    this.#options = options
    this.#reader = new QueueReader(options)
  }

  get queueName(): string {
    return this.#options.queue.name
  }

  start(): void {
    this.#loop = this.#run()
  }

  /** The queue has something new: poll now. */
  wake(): void {
    this.#isWoken = true
    this.#endWait?.abort()
  }

  /** What it is at that goes on by itself. */
  busyWith(): readonly string[] {
    const count = this.#running.size + this.#suspects.length
    if (count > 0) return [`${count} messages of the queue ${this.queueName}`]
    const isAtRest = this.#endWait !== undefined && !this.#isWoken && !this.#endWait.signal.aborted
    return isAtRest || this.#isStopping ? [] : [`reading the queue ${this.queueName}`]
  }

  /** Takes no more messages; resolves when those in hand are settled. */
  async drain(): Promise<void> {
    this.#isStopping = true
    this.#stop.abort()
    this.#endWait?.abort()
    await this.#reader.finish(this.#loop)
    await Promise.all(this.#running)
    await Promise.all(this.#suspects.map((run) => run.giveBack()))
  }

  async #run(): Promise<void> {
    const { settings } = this.#options
    while (!this.#isStopping) {
      await this.#runSuspects()
      if (this.#running.size > this.#mostBeforeNextBatch()) {
        await Promise.race(this.#running)
        continue
      }
      const wasWoken = this.#isWoken
      this.#isWoken = false
      const messages = await this.#reader.receive(settings.batchSize, visibilitySeconds)
      for (const message of messages) this.#track(new MessageRun(message, this.#options))
      // Whoever wakes says so again when there is more; a full batch says so itself.
      if (messages.length > 0 && !wasWoken) this.#idlePolls = 0
      const mayHaveMore = wasWoken ? messages.length === settings.batchSize : messages.length > 0
      if (!mayHaveMore) await this.#wait()
    }
  }

  /** Messages that run here now. */
  get running(): number {
    return this.#running.size
  }

  /** As each instance would take its own batches. */
  #mostBeforeNextBatch(): number {
    const { settings, width } = this.#options
    const others = (width?.() ?? 1) - 1
    return settings.newBatchThreshold + others * (settings.newBatchThreshold + settings.batchSize)
  }

  /** A message that lost its worker on its last try may have been a bystander: by itself it shows. */
  async #runSuspects(): Promise<void> {
    if (this.#suspects.length === 0) return
    await Promise.all(this.#running)
    while (this.#suspects.length > 0 && !this.#isStopping) {
      const run = this.#suspects.shift()
      if (run) this.#track(run)
      await Promise.all(this.#running)
    }
  }

  #track(run: MessageRun): void {
    const work = this.#settle(run)
    this.#running.add(work)
    void work.finally(() => this.#running.delete(work))
  }

  async #settle(run: MessageRun): Promise<void> {
    try {
      const next = await run.tryOnce(() => this.#isStopping)
      if (next === 'again') this.wake()
      else if (next === 'later') void this.#wakeIn(this.#options.settings.retryDelayMs)
      else if (next === 'alone') {
        this.#suspects.push(run)
        this.#endWait?.abort()
      }
    } catch (error) {
      this.#options.log(
        'error',
        `Queue ${this.queueName}: message ${run.messageId} could not be settled and comes again: ${(error as Error).message}`,
      )
    }
  }

  async #wakeIn(ms: number): Promise<void> {
    if (await this.#options.clock.delay(ms, this.#stop.signal)) this.wake()
  }

  /** Waits with back-off, or until woken. */
  async #wait(): Promise<void> {
    if (this.#isWoken || this.#isStopping || this.#suspects.length > 0) return
    const ms = randomizedBackoffMs(this.#idlePolls, {
      shortestMs: shortestPollMs,
      longestMs: this.#options.settings.maxPollingIntervalMs,
    })
    this.#idlePolls += 1
    this.#endWait = new AbortController()
    await this.#options.clock.poll(ms, this.#endWait.signal)
    this.#endWait = undefined
  }
}
