import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { TestHost } from '../test-host.ts'
import { until } from '../../until.ts'
import { programs } from './arbitrary.ts'
import { readTraces } from './traces.ts'
import { foretell, type Foretold } from './model.ts'
import { startPollServer } from './poll-server.ts'
import { type EventName, payloadOf, type Program, programName } from './program.ts'

/** How much is run, and how often it is killed. */
export interface LoadOptions {
  orchestrations: number
  kills: number
  /** Between two kills, ms. */
  intervalMs: number
  /** The host itself is the victim of every so many kills. */
  hostEvery: number
  /** How long work takes, ms. */
  workMs: number
  random: () => number
  seed: number
}

/** What came of it. */
export interface LoadReport {
  /** What ended otherwise than foretold, and what was lost. */
  wrong: string[]
  orchestrations: number
  instanceKills: number
  hostKills: number
  /** Of activities; those done again count too. */
  runs: number
  /** Results seen on record during the kills, all of which are there at the end unless `wrong` says so. */
  resultsWatched: number
  seconds: number
}

interface Case {
  id: string
  program: Program
  foretold: Foretold
}

const ended = new Set(['Completed', 'Failed', 'Terminated'])

/** Orchestrations of every shape on three instances, of which one is killed again and again, and now and then the host. */
export async function runKilledLoad(options: LoadOptions): Promise<LoadReport> {
  const server = await startPollServer()
  const directory = mkdtempSync(join(tmpdir(), 'durable-trace-'))
  try {
    await using host = await TestHost.start({
      isWhole: true,
      app: join('programs', 'app'),
      flags: ['--instances', '3'],
      env: { PROGRAM_WORK_MS: String(options.workMs), PROGRAM_TRACE: directory },
    })
    return await new KilledLoad(host, { httpUrl: server.url, directory }, options).run()
  } finally {
    server.close()
    rmSync(directory, { recursive: true })
  }
}

class KilledLoad {
  readonly #host: TestHost
  readonly #httpUrl: string
  /** Where work leaves its traces. */
  readonly #directory: string
  readonly #options: LoadOptions
  readonly #cases: Case[]
  readonly #raises = new Map<string, EventName[]>()
  /** The runs whose results stood in the history of an instance. */
  readonly #recorded = new Map<string, Set<string>>()
  #statuses = new Map<string, string>()
  #instanceKills = 0
  #hostKills = 0

  constructor(host: TestHost, around: { httpUrl: string; directory: string }, options: LoadOptions) {
    this.#host = host
    this.#httpUrl = around.httpUrl
    this.#directory = around.directory
    this.#options = options
    this.#cases = fc
      .sample(programs, { seed: options.seed, numRuns: options.orchestrations })
      .map((program, index) => {
        const id = `k${index}`
        return { id, program, foretold: foretell(program, id) }
      })
    for (const { foretold } of this.#cases)
      for (const [path, needs] of foretold.needs)
        this.#raises.set(
          path,
          (['a', 'b'] as const).flatMap((name) => Array.from({ length: needs[name] }, () => name)),
        )
  }

  async run(): Promise<LoadReport> {
    const begunMs = Date.now()
    const done = new AbortController()
    const watching = this.#watch(done.signal)
    const { kills, intervalMs, hostEvery } = this.#options
    const perKill = Math.ceil(this.#cases.length / kills)
    const starting: Promise<void>[] = []
    for (let kill = 1; kill <= kills; kill++) {
      const nextMs = Date.now() + intervalMs
      starting.push(
        ...this.#cases.slice((kill - 1) * perKill, kill * perKill).map((each) => this.#start(each)),
      )
      const atMs = nextMs - this.#options.random() * 0.7 * intervalMs
      await until(() => Date.now() >= atMs)
      await (kill % hostEvery === 0 ? this.#killHost() : this.#killInstance())
      await until(() => Date.now() >= nextMs)
    }
    await Promise.all(starting)
    await until(() => this.#cases.every(({ id }) => ended.has(this.#statuses.get(id) ?? '')), 120_000).catch(
      () => {
        // What is stuck is reported with the rest.
      },
    )
    done.abort()
    await watching
    const wrong = (await Promise.all(this.#cases.map((each) => this.#compare(each)))).flat()
    wrong.push(...(await this.#compareCounters()), ...(await this.#compareResults()))
    const runs = readTraces(this.#directory)
    for (const { foretold } of this.#cases)
      for (const key of foretold.works) if (!runs.has(key)) wrong.push(`${key} was never run`)
    return {
      wrong,
      orchestrations: this.#statuses.size,
      instanceKills: this.#instanceKills,
      hostKills: this.#hostKills,
      runs: [...runs.values()].reduce((sum, count) => sum + count, 0),
      resultsWatched: [...this.#recorded.values()].reduce((sum, each) => sum + each.size, 0),
      seconds: Math.round((Date.now() - begunMs) / 1000),
    }
  }

  // A host that is down answers nobody: whoever asks, asks again.
  async #insist(ask: () => Promise<boolean>): Promise<void> {
    await until(async () => {
      try {
        return await ask()
      } catch {
        return false
      }
    }, 60_000)
  }

  async #start({ id, program }: Case): Promise<void> {
    const input = JSON.stringify({ ...program, path: id, httpUrl: this.#httpUrl })
    await this.#insist(async () => {
      // The answer to an earlier try may have been lost, not the start.
      if ((await this.#host.status(id)) !== undefined) return true
      return (await this.#host.manage('POST', `orchestrators/${programName}/${id}`, input)).status === 202
    })
  }

  async #killInstance(): Promise<void> {
    let victim: number | undefined
    await this.#insist(async () => {
      const response = await fetch(`${this.#host.baseUrl}/admin/host/metrics`)
      const { instances } = (await response.json()) as { instances: { list: { pids: number[] }[] } }
      const pids = instances.list.flatMap((each) => each.pids)
      victim = pids[Math.floor(this.#options.random() * pids.length)]
      return victim !== undefined
    })
    try {
      process.kill(victim ?? 0, 'SIGKILL')
      this.#instanceKills += 1
    } catch {
      // It has just ended by itself.
    }
  }

  async #killHost(): Promise<void> {
    await this.#host.kill()
    this.#hostKills += 1
    await this.#host.restart()
  }

  /** Keeps an eye on all instances: raises what they wait for, and notes which results are on record. */
  async #watch(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await this.#look()
      } catch {
        // The host is down.
      }
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  }

  async #look(): Promise<void> {
    const response = await this.#host.manage('GET', 'instances?top=100000&showInput=false')
    const list = (await response.json()) as { instanceId: string; runtimeStatus: string }[]
    this.#statuses = new Map(list.map((each) => [each.instanceId, each.runtimeStatus]))
    const live = list.filter((each) => !ended.has(each.runtimeStatus)).map((each) => each.instanceId)
    for (const id of live) await this.#raise(id)
    for (let count = 0; count < 5 && live.length > 0; count++) {
      const id = live[Math.floor(this.#options.random() * live.length)] ?? ''
      const runs = await this.#recordedRuns(id)
      const known = this.#recorded.get(id) ?? new Set()
      this.#recorded.set(id, new Set([...known, ...runs]))
    }
  }

  // Each once: what was answered with 202 must not be lost.
  async #raise(id: string): Promise<void> {
    const left = this.#raises.get(id) ?? []
    while (left.length > 0) {
      const [name] = left
      if (name === undefined) return
      const response = await this.#host.manage(
        'POST',
        `instances/${id}/raiseEvent/${name}`,
        JSON.stringify(payloadOf(name)),
      )
      if (response.status !== 202) return
      left.shift()
    }
  }

  async #recordedRuns(id: string): Promise<string[]> {
    const status = await this.#host.status(id, '?showHistory=true&showHistoryOutput=true')
    return (status?.historyEvents ?? [])
      .filter((event) => event['EventType'] === 'TaskCompleted')
      .map((event) => (event['Result'] as { run?: string } | null)?.run)
      .filter((run) => run !== undefined)
  }

  async #compare({ id, foretold }: Case): Promise<string[]> {
    const status = await this.#host.status(id)
    const isRight =
      foretold.output === undefined
        ? status?.runtimeStatus === 'Failed' && String(status.output).includes('boom')
        : status?.runtimeStatus === 'Completed' &&
          JSON.stringify(status.output) === JSON.stringify(foretold.output)
    return isRight ? [] : [`${id}: ${JSON.stringify(status)} for ${JSON.stringify(foretold.output)}`]
  }

  async #compareCounters(): Promise<string[]> {
    const sums = new Map<string, number>()
    for (const { foretold } of this.#cases)
      for (const [key, sum] of foretold.counters) sums.set(key, (sums.get(key) ?? 0) + sum)
    const wrong: string[] = []
    for (const [key, sum] of sums) {
      const response = await this.#host.manage('GET', `entities/counter/${key}`)
      const found: unknown = response.status === 404 ? undefined : await response.json()
      if (found !== sum) wrong.push(`counter ${key} is ${String(found)}, not ${sum}`)
    }
    return wrong
  }

  // A program of several rounds begins a new history with each; a child that is tried twice does too.
  async #compareResults(): Promise<string[]> {
    const wrong: string[] = []
    const rounds = new Map(this.#cases.map(({ id, program }) => [id, program.rounds]))
    for (const [id, runs] of this.#recorded) {
      if ((rounds.get(id) ?? 1) > 1 || id.includes('.twice')) continue
      const now = new Set(await this.#recordedRuns(id))
      for (const run of runs) if (!now.has(run)) wrong.push(`${id} has lost the result of ${run}`)
    }
    return wrong
  }
}
