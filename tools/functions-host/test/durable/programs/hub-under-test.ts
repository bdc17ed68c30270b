import { isDeepStrictEqual } from 'node:util'
import type { HistoryFile } from '../../../src/durable/history-file.ts'
import { createDurableHub } from '../../../src/durable/hub.ts'
import { systemClock } from '../../../src/time/clock.ts'
import { invoke, registered } from '../core.ts'
import { until } from '../../until.ts'
import { replayAgain } from './replay-again.ts'
import { EpisodeChecks } from './episode-checks.ts'
import type { Foretold } from './model.ts'
import { payloadOf, type Program, type ProgramInput, programName } from './program.ts'
import { Releases } from './releases.ts'
import { hearSdk, type SdkRun } from './sdk-ids.ts'

/** An instance as the management API shows it. */
export interface Status {
  runtimeStatus: string
  output: unknown
}

/** What whoever asks has been told, and what functions were called with: a hub's death must not take it back. */
export interface Known {
  readonly seen: ReadonlySet<string>
  readonly works: readonly string[]
  readonly results: ReadonlyMap<string, string>
  readonly acknowledged: 'nothing' | 'start' | 'end'
}

export const nothingKnown: Known = { seen: new Set(), works: [], results: new Map(), acknowledged: 'nothing' }

const ended = new Set(['Completed', 'Failed', 'Terminated'])
const patienceMs = 8_000

/** A hub in this process. What its functions answer is held back, and let go in an order that follows from the random numbers. */
export class HubUnderTest implements AsyncDisposable {
  readonly checks: EpisodeChecks
  /** What the hub logged as an error. */
  readonly errors: string[] = []
  /** The keys of all work that was begun here. */
  readonly works: string[] = []
  /** The ids of the orchestrations that have run. */
  readonly seen: Set<string>
  acknowledged: Known['acknowledged']
  readonly #seenBefore: ReadonlySet<string>
  readonly #worksBefore: readonly string[]
  readonly #foretold: ReadonlyMap<string, Foretold>
  readonly #releases: Releases
  readonly #hub: ReturnType<typeof createDurableHub>
  readonly #httpUrl: string
  #rpc = ''
  #isClosed = false

  private constructor({ databaseFile, httpUrl, random, foretold, known = nothingKnown }: HubOptions) {
    this.#foretold = foretold
    this.checks = new EpisodeChecks(known.results)
    this.seen = new Set(known.seen)
    this.#seenBefore = known.seen
    this.acknowledged = known.acknowledged
    this.#worksBefore = known.works
    this.#releases = new Releases(random)
    this.#httpUrl = httpUrl
    const ofType = (type: string): string[] =>
      [...registered.values()].filter((each) => each.triggerType === type).map((each) => each.name)
    this.#hub = createDurableHub({
      clock: systemClock,
      appName: 'programs',
      hubName: 'Programs',
      databaseFile,
      baseUrl: () => 'http://localhost',
      hostJson: {
        maxConcurrentActivityFunctions: 50,
        httpSettings: { defaultAsyncRequestSleepTimeMilliseconds: 5 },
      },
      functions: {
        orchestrations: ofType('orchestrationTrigger'),
        activities: ofType('activityTrigger'),
        entities: ofType('entityTrigger'),
      },
      invoke: async ({ functionName, kind, instanceId, input }) => {
        const call = (): Promise<unknown> => invoke(functionName, input, instanceId)
        if (kind === 'activity') this.works.push((JSON.parse(input ?? '') as { key: string }).key)
        try {
          if (kind !== 'orchestration') return { ok: true, value: await call() }
          return { ok: true, value: await hearSdk(call, this.#beginEpisode(instanceId, input ?? '')) }
        } catch (error) {
          const { message, stack } = error instanceof Error ? error : new Error(String(error))
          return { ok: false, message, ...(stack !== undefined && { stack }) }
        } finally {
          await this.#releases.hold()
        }
      },
      log: (level, message) => void (level === 'error' && this.errors.push(message)),
      systemKey: 'key',
    })
  }

  static async open(options: HubOptions): Promise<HubUnderTest> {
    const hub = new HubUnderTest(options)
    await hub.#hub.start()
    hub.#rpc = (JSON.parse(hub.#hub.clientBinding()) as { rpcBaseUrl: string }).rpcBaseUrl
    return hub
  }

  async start(program: Program, id: string): Promise<void> {
    const response = await this.askToStart(program, id)
    if (response.status !== 202) throw new Error(`start: ${response.status} ${await response.text()}`)
    this.acknowledged = 'start'
  }

  /** Asks for a start that may be refused. */
  async askToStart(program: Program, id: string): Promise<Response> {
    const input: ProgramInput = { ...program, path: id, httpUrl: this.#httpUrl }
    return this.ask('POST', `orchestrators/${programName}/${id}`, JSON.stringify(input))
  }

  /** What is known of the database by now; another hub on it has to keep to that. */
  known(): Known {
    const { seen, works, checks, acknowledged } = this
    return {
      seen: new Set(seen),
      works: [...this.#worksBefore, ...works],
      results: new Map(checks.results),
      acknowledged,
    }
  }

  /** Goes on with a program that another hub may have begun, and raises what those that are on record wait for. @throws when what was acknowledged is gone */
  async resume(program: Program, id: string): Promise<void> {
    const { acknowledged } = this
    const status = await this.status(id)
    if (acknowledged === 'end' && !ended.has(status?.runtimeStatus ?? '')) throw new Error(`${id} had ended`)
    if (acknowledged === 'start' && status === undefined) throw new Error(`${id} had been started`)
    if (status === undefined) await this.start(program, id)
    this.acknowledged = acknowledged === 'nothing' ? 'start' : acknowledged
    for (const path of this.#seenBefore) this.#raiseInBackground(path)
  }

  /** Raises what an orchestration waits for, in a seeded order among everything else. */
  async #raiseNeeded(path: string): Promise<void> {
    const needs = this.#foretold.get(path.split('.')[0] ?? '')?.needs.get(path)
    if (needs === undefined) return
    const names = (['a', 'b'] as const).flatMap((name) => Array.from({ length: needs[name] }, () => name))
    await Promise.all(
      names.map(async (name) => {
        await this.#releases.hold()
        const event = JSON.stringify(payloadOf(name))
        const { status } = await this.ask('POST', `instances/${path}/raiseEvent/${name}`, event)
        // 410: it has ended meanwhile.
        if (status !== 202 && status !== 410) throw new Error(`${status} for ${name} of ${path}`)
      }),
    )
  }

  async ask(method: string, path: string, body?: string): Promise<Response> {
    const headers = { 'content-type': 'application/json' }
    return fetch(`${this.#rpc}${path}`, { method, headers, ...(body !== undefined && { body }) })
  }

  async status(id: string): Promise<Status | undefined> {
    const response = await this.ask('GET', `instances/${id}`)
    return response.status === 404 ? undefined : ((await response.json()) as Status)
  }

  /** Waits for the end. @throws with the history of an instance that is stuck */
  async end(id: string): Promise<Status> {
    return this.endOr(id, async () => {})
  }

  /** Waits for the end, and does something about it each time that it has not come. @throws with the history of an instance that is stuck */
  async endOr(id: string, help: (status: Status) => Promise<void>): Promise<Status> {
    const deadlineMs = Date.now() + patienceMs
    for (;;) {
      const status = await this.status(id)
      if (status !== undefined && ended.has(status.runtimeStatus)) {
        this.acknowledged = 'end'
        return status
      }
      if (Date.now() > deadlineMs) {
        const history = await (await this.ask('GET', `instances/${id}?showHistory=true`)).text()
        this.throwFaults()
        throw new Error(`${id} is stuck: ${history}`)
      }
      if (status !== undefined) await help(status)
      await new Promise((resolve) => setTimeout(resolve, 3))
    }
  }

  /** Compares the end of a program with what was foretold. @throws where they differ */
  async compareEnd(id: string, { output }: Foretold): Promise<void> {
    const status = await this.end(id)
    const isRight =
      output === undefined
        ? status.runtimeStatus === 'Failed' && String(status.output).includes('boom')
        : status.runtimeStatus === 'Completed' && isDeepStrictEqual(status.output, output)
    if (isRight) return
    const expected = output === undefined ? 'a failure' : JSON.stringify(output)
    throw new Error(`${id} should have ended with ${expected}, and is ${JSON.stringify(status)}`)
  }

  /** Replays every history that is there against the code that it comes from. @throws where they part */
  async compareHistories(): Promise<number> {
    for (const id of this.seen)
      await replayAgain(this.#hub.inspect(`instances/${id}/history`, new URLSearchParams()) as HistoryFile)
    return this.seen.size
  }

  /** Compares counters at the end; signals may still be under way. @throws where they stay different */
  async compareCounters(foretold: readonly Foretold[]): Promise<void> {
    const sums = new Map<string, number>()
    for (const { counters } of foretold)
      for (const [key, sum] of counters) sums.set(key, (sums.get(key) ?? 0) + sum)
    for (const [key, sum] of sums) {
      let found: unknown
      await until(async () => {
        const response = await this.ask('GET', `entities/counter/${key}`)
        found = response.status === 404 ? undefined : await response.json()
        return found === sum
      }, 5_000).catch(() => {
        throw new Error(`counter ${key} should be ${sum}, and is ${String(found)}`)
      })
    }
  }

  /** @throws with what was seen to be wrong while it ran */
  throwFaults(): void {
    const [fault] = [...this.checks.faults, ...this.errors.map((error) => `logged: ${error}`)]
    if (fault !== undefined) throw new Error(fault)
  }

  #beginEpisode(instanceId: string, triggerText: string): (run: SdkRun) => void {
    const after = this.checks.begin(instanceId, triggerText)
    if (!this.seen.has(instanceId)) {
      this.seen.add(instanceId)
      this.#raiseInBackground(instanceId)
    }
    return after
  }

  #raiseInBackground(path: string): void {
    this.#raiseNeeded(path).catch((error: unknown) => {
      if (!this.#isClosed) this.errors.push(`raise: ${String(error)}`)
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true
    await this.#hub.close()
  }
}

/** Where a hub lives and what it goes by. */
export interface HubOptions {
  databaseFile: string
  /** Of the server that programs call. */
  httpUrl: string
  random: () => number
  /** What becomes of each program, by the id of its root: what an orchestration waits for is raised as soon as it has begun. */
  foretold: ReadonlyMap<string, Foretold>
  /** Of the database, from the hub that had it before. */
  known?: Known
}
