import { isDeepStrictEqual } from 'node:util'
import { createDurableHub } from '../../../src/durable/hub.ts'
import { systemClock } from '../../../src/time/clock.ts'
import { invoke, registered } from '../core.ts'
import { until } from '../../until.ts'
import { EpisodeChecks } from './episode-checks.ts'
import type { Foretold } from './model.ts'
import { payloadOf, type Program, type ProgramInput, programName } from './program.ts'
import { Releases } from './releases.ts'

/** An instance as the management API shows it. */
export interface Status {
  runtimeStatus: string
  output: unknown
}

const ended = new Set(['Completed', 'Failed', 'Terminated'])
const patienceMs = 15_000

/** A hub in this process. What its functions answer is held back, and let go in an order that follows from the random numbers. */
export class HubUnderTest implements AsyncDisposable {
  readonly checks = new EpisodeChecks()
  /** What the hub logged as an error. */
  readonly errors: string[] = []
  /** The keys of all work that was begun here. */
  readonly works: string[] = []
  /** The ids of the orchestrations that have run here. */
  readonly seen = new Set<string>()
  readonly #foretold = new Map<string, Foretold>()
  readonly #releases: Releases
  readonly #hub: ReturnType<typeof createDurableHub>
  readonly #httpUrl: string
  #rpc = ''

  private constructor({ databaseFile, httpUrl, random }: HubOptions) {
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
        const after = kind === 'orchestration' ? this.#beginEpisode(instanceId, input ?? '') : undefined
        if (kind === 'activity') this.works.push((JSON.parse(input ?? '') as { key: string }).key)
        try {
          return { ok: true, value: await invoke(functionName, input, instanceId) }
        } catch (error) {
          const { message, stack } = error instanceof Error ? error : new Error(String(error))
          return { ok: false, message, ...(stack !== undefined && { stack }) }
        } finally {
          after?.()
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

  /** Makes the hub raise what the program's orchestrations wait for as soon as each of them has begun. */
  foresee(id: string, foretold: Foretold): void {
    this.#foretold.set(id, foretold)
  }

  async start(program: Program, id: string): Promise<void> {
    const input: ProgramInput = { ...program, path: id, httpUrl: this.#httpUrl }
    const response = await this.ask('POST', `orchestrators/${programName}/${id}`, JSON.stringify(input))
    if (response.status !== 202) throw new Error(`start: ${response.status} ${await response.text()}`)
  }

  /** Raises what an orchestration waits for, in a seeded order among everything else. */
  async raiseNeeded(path: string): Promise<void> {
    const needs = this.#foretold.get(path.split('.')[0] ?? '')?.needs.get(path)
    if (needs === undefined) return
    const names = (['a', 'b'] as const).flatMap((name) => Array.from({ length: needs[name] }, () => name))
    await Promise.all(
      names.map(async (name) => {
        await this.#releases.hold()
        await this.ask('POST', `instances/${path}/raiseEvent/${name}`, JSON.stringify(payloadOf(name)))
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
    const deadlineMs = Date.now() + patienceMs
    for (;;) {
      const status = await this.status(id)
      if (status !== undefined && ended.has(status.runtimeStatus)) return status
      if (Date.now() > deadlineMs) {
        const history = await (await this.ask('GET', `instances/${id}?showHistory=true`)).text()
        throw new Error(`${id} is stuck: ${history}`)
      }
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

  #beginEpisode(instanceId: string, triggerText: string): () => void {
    const after = this.checks.begin(instanceId, triggerText)
    if (!this.seen.has(instanceId)) {
      this.seen.add(instanceId)
      this.raiseNeeded(instanceId).catch((error: unknown) => this.errors.push(`raise: ${String(error)}`))
    }
    return after
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#hub.close()
  }
}

/** Where a hub lives and what it goes by. */
export interface HubOptions {
  databaseFile: string
  /** Of the server that programs call. */
  httpUrl: string
  random: () => number
}
