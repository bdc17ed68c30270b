import type { DurableClient } from 'durable-functions'

import type { AppHost } from '../app-host.ts'
import { HostError } from '../errors.ts'
import { connectQueues } from '../storage/connections.ts'
import { readMessageEncoding } from '../storage/message-encoding.ts'
import { fromTypedData } from '../worker/typed-value.ts'
import { comeToRest } from './come-to-rest.ts'
import { makeDurableClient } from './durable-client.ts'
import type { LogEntry } from './kept-log.ts'
import type { TestClock } from './test-clock.ts'
import { TestInstances } from './test-instances.ts'
import { TestQueue } from './test-queue.ts'

/** How long the host may take to come to rest, ms of the machine, unless said otherwise. */
const usualPatienceMs = 10_000

/** What a test host is made of. */
export interface TestHostParts {
  readonly app: AppHost
  readonly clock: TestClock
  readonly entries: readonly LogEntry[]
  readonly dispose: () => Promise<void>
}

/** An app that runs in the process of a test, at a time that the test owns. Made by `startTestHost`. */
export class TestHost implements AsyncDisposable {
  /** Without a slash at its end, such as `http://127.0.0.1:41234`. */
  readonly url: string
  readonly clock: TestClock
  /** What was logged, the oldest first, of every level. */
  readonly log: readonly LogEntry[]
  /** Orchestrations and entities. */
  readonly instances: TestInstances
  readonly #app: AppHost
  readonly #dispose: () => Promise<void>

  constructor({ app, clock, entries, dispose }: TestHostParts) {
    this.url = app.url
    this.clock = clock
    this.log = entries
    this.#app = app
    this.#dispose = dispose
    this.instances = new TestInstances(async () => {
      const { rpcBaseUrl } = JSON.parse(await this.#durableInput()) as { rpcBaseUrl: string }
      return rpcBaseUrl
    })
  }

  /** Sends a request to the app, such as `/api/orders`. */
  fetch(path: string, init?: RequestInit): Promise<Response> {
    return fetch(new URL(path, this.url), init)
  }

  /**
   * Runs a function and answers what it returns. `input`: what triggers it, text or what becomes JSON; a timer needs none. Retries
   * are those of its trigger and do not happen here. @throws Error with what the function failed with; HostError where there is none
   */
  async invoke(functionName: string, input: unknown = ''): Promise<unknown> {
    const text = typeof input === 'string' ? input : JSON.stringify(input)
    const result = await this.#app.run(functionName, text)
    if (result.ok) return fromTypedData(result.returnValue)
    throw Object.assign(new Error(result.message), { stack: result.stack || result.message })
  }

  /** A queue, by default of the host's own storage; `connection`: the setting that names another one. */
  async queue(name: string, connection = 'AzureWebJobsStorage'): Promise<TestQueue> {
    const { settings, extensions } = this.#app.config
    const service = await connectQueues(settings, connection)
    return new TestQueue(name, {
      client: (queueName) => service.getQueueClient(queueName),
      encoding: readMessageEncoding(extensions['queues']),
      onSent: (queueName) => this.#app.wake(queueName),
    })
  }

  /**
   * The client of the app's own durable-functions, as a function gets it by `df.getClient(context)`. Where it waits (for an
   * end, or between polls) it waits by the time of the machine. @throws HostError where the app has nothing durable
   */
  async durableClient(): Promise<DurableClient> {
    return makeDurableClient(this.#app.config.directory, await this.#durableInput())
  }

  /**
   * Waits until nothing goes on: no function runs, no message can be read, no durable work could go on without time or an event
   * from outside. Looks for what is new at every source first. @throws Error where that takes longer, saying what goes on
   */
  async idle({ withinMs = usualPatienceMs }: { readonly withinMs?: number } = {}): Promise<void> {
    let runCount: number
    do {
      runCount = this.#app.runCount
      this.clock.lookNow()
      await comeToRest(this.#app, withinMs)
      // What ran may have left something at a source that tells nobody.
    } while (this.#app.runCount !== runCount)
  }

  /** Ends the app and all that belongs to it, also when a function never ends. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#dispose()
  }

  async #durableInput(): Promise<string> {
    const input = await this.#app.clientInput('durableClient')
    if (input === undefined)
      throw new HostError(`${this.#app.config.directory} has no orchestration, activity or entity.`)
    return input
  }
}
