import { readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import type { QueueClient } from '@azure/storage-queue'
import { QueueServiceClient } from '@azure/storage-queue'

import type { FunctionsHost, FunctionsHostOptions } from '../src/index.ts'
import { startFunctionsHost } from '../src/index.ts'
import type { HostProcessOptions } from './running-host.ts'
import { RunningHost } from './running-host.ts'

/** A line that the functions of the fixture `queues` wrote. */
export type Line = Readonly<Record<string, unknown>>

/** The fixture `queues` on a queue of its own: hosts of it, and what its functions wrote. */
export class QueueApp {
  readonly name = `q-${crypto.randomUUID()}`.slice(0, 20)
  readonly queue: QueueClient
  readonly poisonQueue: QueueClient
  readonly #settings: Readonly<Record<string, string>>
  readonly #trace = join(tmpdir(), `functions-host-trace-${this.name}`)
  readonly #dataDirectory = join(tmpdir(), `functions-host-data-${this.name}`)

  constructor(connection: string, settings: Readonly<Record<string, string>> = {}) {
    const service = QueueServiceClient.fromConnectionString(connection)
    this.queue = service.getQueueClient(this.name)
    this.poisonQueue = service.getQueueClient(`${this.name}-poison`)
    this.#settings = { Storage: connection, QUEUE_NAME: this.name, TRACE_FILE: this.#trace, ...settings }
  }

  /** Starts a host; only the function `orders` runs, unless others are named. */
  start({
    functions = ['orders'],
    flags = [] as readonly (string | HostProcessOptions)[],
  } = {}): Promise<RunningHost> {
    return RunningHost.start({ queues: this.#settingsFor(functions) }, ...flags)
  }

  /** The same with the host in this process; the functions have one of their own. */
  startHere(options: Partial<FunctionsHostOptions>): Promise<FunctionsHost> {
    const directory = join(import.meta.dirname, 'fixtures/queues')
    const apps = [{ directory, port: 0, settings: this.#settingsFor(['orders']) }]
    return startFunctionsHost({ apps, dataDirectory: this.#dataDirectory, log: () => () => {}, ...options })
  }

  #settingsFor(functions: readonly string[]): Record<string, string> {
    const disabled = ['orders', 'texts', 'bytes', 'leftovers'].filter((name) => !functions.includes(name))
    const switches = disabled.map((name) => [`AzureWebJobs.${name}.Disabled`, 'true'])
    return { ...this.#settings, ...Object.fromEntries(switches) }
  }

  /** What the functions have written so far. */
  lines(): Line[] {
    try {
      return readFileSync(this.#trace, 'utf8')
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as Line)
    } catch {
      return []
    }
  }

  /** Values of one field, in the order of their lines. */
  values(field: string): unknown[] {
    return this.lines().flatMap((line) => (field in line ? [line[field]] : []))
  }

  send(message: unknown): Promise<unknown> {
    return this.queue.sendMessage(toBase64(message))
  }

  /** Number of messages, hidden ones too; 0 when the queue does not exist. */
  async count(queue = this.queue): Promise<number> {
    try {
      return (await queue.getProperties()).approximateMessagesCount ?? 0
    } catch {
      return 0
    }
  }

  /** Texts in the poison queue (up to 32), as they are there. */
  async poison(): Promise<string[]> {
    if ((await this.count(this.poisonQueue)) === 0) return []
    const answer = await this.poisonQueue.peekMessages({ numberOfMessages: 32 })
    return answer.peekedMessageItems.map(({ messageText }) => messageText)
  }

  [Symbol.dispose](): void {
    rmSync(this.#trace, { force: true })
    rmSync(this.#dataDirectory, { recursive: true, force: true })
  }
}

/** A message as the functions expect it. */
export function toBase64(message: unknown): string {
  const text = typeof message === 'string' ? message : JSON.stringify(message)
  return Buffer.from(text).toString('base64')
}
