import { resolveSettings } from '../../config/app-config.ts'
import { HostError } from '../../errors.ts'
import { invokeWithRetries, retryPolicyOf } from '../../retry.ts'
import type { InvocationRequest, TriggerContext, TriggeredFunction } from '../../trigger.ts'
import { CountingClock } from '../../time/counting-clock.ts'
import type { Schedule } from './parse-schedule.ts'
import { isFrequent, isTimeSpan, parseSchedule } from './parse-schedule.ts'
import type { TimerStatus } from './timer-status.ts'
import { assessTimer, formatTime, formatTimerStatus } from './timer-status.ts'
import type { TimerStore } from './timer-store.ts'

/** Wait after a storage that fails, ms. */
const storageFaultMs = 1000

/** Why a function runs, other than that it is due. */
type Unscheduled = 'IsPastDue' | 'RunOnStartup'

/** Runs one function by its schedule, for as long as this host is the one to run it. */
export class TimerListener {
  readonly #target: TriggeredFunction
  readonly #context: TriggerContext
  readonly #clock: CountingClock
  readonly #schedule: Schedule
  /** Whether the next run is worked out from the last one rather than from the calendar. */
  readonly #isInterval: boolean
  readonly #stop = new AbortController()
  #loop: Promise<void> | undefined
  /** The status that is kept of it, where one is. */
  #status: TimerStatus | undefined
  #lastFault = ''

  /** @throws HostError for a schedule that cannot be read */
  constructor(target: TriggeredFunction, context: TriggerContext) {
    const where = `Function "${target.metadata.name}"`
    const { schedule } = target.trigger
    if (typeof schedule !== 'string')
      throw new HostError(`${where}: the "schedule" of its timerTrigger is missing.`)
    const text = resolveSettings(schedule, context.config.settings, where)
    this.#target = target
    this.#clock = new CountingClock(context.clock)
    this.#context = { ...context, clock: this.#clock }
    this.#schedule = parseSchedule(text, where)
    this.#isInterval = isTimeSpan(text)
  }

  start(store: Promise<TimerStore>): void {
    this.#loop = this.#run(store)
  }

  get name(): string {
    return this.#target.metadata.name
  }

  /** Whether it does nothing but wait for a time. */
  get isAtRest(): boolean {
    return this.#clock.waiting > 0
  }

  /** What the function gets when it runs now, whatever its schedule says. */
  get inputOfNow(): InvocationRequest['data'] {
    return this.#toData(this.#status, false)
  }

  async drain(): Promise<void> {
    this.#stop.abort()
    await this.#loop
  }

  async #run(opening: Promise<TimerStore>): Promise<void> {
    const store = await opening
    const { signal } = this.#stop
    while (!signal.aborted) {
      try {
        const hold = await store.hold(this.name, signal)
        if (!hold) return
        try {
          await this.#keepTime(store, AbortSignal.any([signal, hold.lost]))
        } finally {
          await hold.release()
        }
      } catch (error) {
        this.#logFault(error)
        await this.#context.clock.delay(storageFaultMs, signal)
      }
    }
  }

  /** Runs the function whenever it is due; a run has to end before the next one is waited for, so that none overlap. */
  async #keepTime(store: TimerStore, signal: AbortSignal): Promise<void> {
    const { clock } = this.#context
    const nowMs = clock.now()
    const isMonitored = this.#target.trigger['useMonitor'] !== false && !isFrequent(this.#schedule, nowMs)
    if (this.#schedule(nowMs) === Number.POSITIVE_INFINITY)
      this.#context.log('warning', `The timer ${this.name} never fires: its schedule fits no date.`)
    const stored = isMonitored ? await store.readStatus(this.name) : undefined
    const found = assessTimer(stored, this.#schedule, nowMs)
    let { status } = found
    if (isMonitored) this.#status = status
    const run = async (why?: Unscheduled): Promise<void> => {
      const next = await this.#fire(status, { isMonitored, why, signal })
      if (next && isMonitored) await this.#save(store, next)
      status = next ?? status
      if (isMonitored) this.#status = status
    }
    if (isMonitored && found.isNew) await this.#save(store, status)
    if (found.isPastDue) await run('IsPastDue')
    else if (this.#target.trigger['runOnStartup'] === true) await run('RunOnStartup')
    while (await clock.until(status.nextMs, signal)) await run()
  }

  /** Runs the function. The status after it; undefined when the run was interrupted, so that it is still due. */
  async #fire(
    status: TimerStatus,
    options: { isMonitored: boolean; why: Unscheduled | undefined; signal: AbortSignal },
  ): Promise<TimerStatus | undefined> {
    const { isMonitored, why, signal } = options
    const invokedMs = this.#context.clock.now()
    const data = this.#toData(isMonitored ? status : undefined, why === 'IsPastDue')
    if (why) this.#context.log('info', `The timer ${this.name} runs beside its schedule: ${why}.`)
    const result = await invokeWithRetries(this.#context, this.#target, {
      request: { data, reason: `Timer fired at ${formatTime(invokedMs)}` },
      policy: retryPolicyOf(this.#target.metadata, this.#context.config.retry),
      signal,
    })
    if (!result.ok && signal.aborted) return undefined
    // A clock may fire a little early; the same time must not come twice.
    const lastMs = why ? invokedMs : Math.max(invokedMs, status.nextMs)
    return { lastMs, nextMs: this.#schedule(lastMs), updatedMs: lastMs }
  }

  #toData(status: TimerStatus | undefined, isPastDue: boolean): InvocationRequest['data'] {
    return {
      json: JSON.stringify({
        Schedule: { AdjustForDST: !this.#isInterval },
        ScheduleStatus: status ? formatTimerStatus(status) : null,
        IsPastDue: isPastDue,
      }),
    }
  }

  /** The schedule goes on also when its storage does not answer. */
  async #save(store: TimerStore, status: TimerStatus): Promise<void> {
    try {
      await store.writeStatus(this.name, status)
    } catch (error) {
      this.#logFault(error)
    }
  }

  /** Logs a fault, once for as long as it is the same. */
  #logFault(error: unknown): void {
    const fault = `The timer ${this.name}: ${(error as Error).message.split('\n')[0]}`
    if (fault !== this.#lastFault) this.#context.log('error', fault)
    this.#lastFault = fault
  }
}
