import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { resolveSettings } from '../../app-config.ts'
import { invokeWithRetries, retryPolicyOf } from '../../retry.ts'
import type { Schedule } from './parse-schedule.ts'
import { parseSchedule } from './parse-schedule.ts'
import type { Listener, TriggerContext, TriggeredFunction, TriggerKind } from '../../trigger.ts'

interface TimerStatus {
  readonly Last: string
  readonly Next: string
  readonly LastUpdated: string
}

/** setTimeout takes at most 2^31 - 1 ms. */
const longestWaitMs = 2 ** 31 - 1

class TimerListener {
  readonly #target: TriggeredFunction
  readonly #context: TriggerContext
  readonly #schedule: Schedule
  readonly #statusFile: string
  #timer: NodeJS.Timeout | undefined
  #running: Promise<void> | undefined
  readonly #stop = new AbortController()

  constructor(target: TriggeredFunction, context: TriggerContext) {
    const where = `Function "${target.metadata.name}"`
    this.#target = target
    this.#context = context
    this.#schedule = parseSchedule(
      resolveSettings(String(target.trigger['schedule']), context.config.settings, where),
      where,
    )
    this.#statusFile = join(context.stateDirectory, 'timers', `${target.metadata.name}.json`)
  }

  start(): void {
    const now = Date.now()
    const status = this.#readStatus()
    const isPastDue = this.#isMonitored(now) && status !== undefined && Date.parse(status.Next) < now
    if (isPastDue) this.#fire(true, 'IsPastDue')
    else if (this.#target.trigger['runOnStartup'] === true) this.#fire(false, 'RunOnStartup')
    else this.#plan(now)
  }

  async drain(): Promise<void> {
    this.#stop.abort()
    clearTimeout(this.#timer)
    await this.#running
  }

  #plan(afterMs: number): void {
    if (this.#stop.signal.aborted) return
    const nextMs = this.#schedule(afterMs)
    const wait = (): void => {
      const leftMs = nextMs - Date.now()
      if (leftMs > 0) this.#timer = setTimeout(wait, Math.min(leftMs, longestWaitMs))
      else this.#fire(false, 'Timer fired')
    }
    wait()
  }

  /** Runs the function; the next run is planned when this one has ended, so that runs never overlap. */
  #fire(isPastDue: boolean, reason: string): void {
    const startedMs = Date.now()
    const run = async (): Promise<void> => {
      const status = this.#readStatus() ?? null
      const data = {
        json: JSON.stringify({
          Schedule: { AdjustForDST: true },
          ScheduleStatus: status,
          IsPastDue: isPastDue,
        }),
      }
      const policy = retryPolicyOf(this.#target.metadata, this.#context.config.retry)
      await invokeWithRetries(this.#context, this.#target, {
        request: { data, reason },
        policy,
        signal: this.#stop.signal,
      })
      if (this.#isMonitored(startedMs)) this.#writeStatus(startedMs)
    }
    this.#running = run()
      .catch((error: unknown) =>
        this.#context.log('error', `Timer ${this.#target.metadata.name}: ${(error as Error).message}`),
      )
      .finally(() => this.#plan(Math.max(startedMs, Date.now())))
  }

  /** Missed runs are caught up, unless the timer fires more than once a minute. */
  #isMonitored(nowMs: number): boolean {
    const next = this.#schedule(nowMs)
    return this.#target.trigger['useMonitor'] !== false && this.#schedule(next) - next >= 60_000
  }

  #readStatus(): TimerStatus | undefined {
    try {
      return JSON.parse(readFileSync(this.#statusFile, 'utf8')) as TimerStatus
    } catch {
      return undefined
    }
  }

  #writeStatus(lastMs: number): void {
    const text = (ms: number): string => new Date(ms).toISOString()
    const status: TimerStatus = {
      Last: text(lastMs),
      Next: text(this.#schedule(lastMs)),
      LastUpdated: text(Date.now()),
    }
    mkdirSync(join(this.#statusFile, '..'), { recursive: true })
    writeFileSync(`${this.#statusFile}.new`, JSON.stringify(status))
    renameSync(`${this.#statusFile}.new`, this.#statusFile)
  }
}

/** The timer trigger. */
export const timerTrigger: TriggerKind = {
  types: ['timertrigger'],
  expressionNames: () => [],
  listen(functions, context): Listener {
    const listeners = functions.map((target) => new TimerListener(target, context))
    return {
      async start() {
        for (const listener of listeners) listener.start()
      },
      async drain() {
        await Promise.all(listeners.map((listener) => listener.drain()))
      },
    }
  },
}
