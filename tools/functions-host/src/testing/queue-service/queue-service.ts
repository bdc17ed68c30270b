import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

import type { Clock } from '../../time/clock.ts'
import { systemClock } from '../../time/clock.ts'
import { answerOtherService, otherServices } from './answer-other-service.ts'
import { answerRequest } from './answer-request.ts'
import type { StoredMessage } from './message-list.ts'
import type { QueueObserver } from './queue-store.ts'
import { QueueStore } from './queue-store.ts'

export type { StoredMessage } from './message-list.ts'
export type { QueueObserver } from './queue-store.ts'

const account = 'devstoreaccount1'

/** A queue service in memory: reached through its connection string like Azure's, looked into from within the process. */
export class QueueService implements AsyncDisposable {
  readonly #server: Server
  readonly #store: QueueStore
  /** Of an account with a key of its own. Its queues are here; its blobs and tables answer 501 and what to do. */
  readonly connectionString: string

  constructor(server: Server, store: QueueStore, connectionString: string) {
    this.#server = server
    this.#store = store
    this.connectionString = connectionString
  }

  /** In alphabetical order. */
  queueNames(): readonly string[] {
    return this.#store.all().map(({ name }) => name)
  }

  /** The messages of a queue in the order in which they are given out, hidden ones too; none where there is no such queue. */
  messages(queueName: string): readonly StoredMessage[] {
    return this.#store.find(queueName)?.messages.all(this.#store.nowMs) ?? []
  }

  /** How many messages of a queue, else of all queues, can be had now. */
  visibleCount(queueName?: string): number {
    const { nowMs } = this.#store
    return this.#store
      .all()
      .filter(({ name }) => queueName === undefined || name === queueName)
      .reduce((count, { messages }) => count + messages.visibleCount(nowMs), 0)
  }

  /** When the next hidden message of any queue turns visible, ms since 1970; undefined: none is hidden. */
  nextVisibleMs(): number | undefined {
    const times = this.#store.all().flatMap(({ messages }) => messages.nextVisibleMs(this.#store.nowMs) ?? [])
    return times.length > 0 ? Math.min(...times) : undefined
  }

  /** Tells when a queue has a message to be read: one was put or given back, or its time has come. Answers how to end that. */
  onVisible(observer: QueueObserver): () => void {
    return this.#store.onVisible(observer)
  }

  /** Tells of every change of a queue and its messages. Answers how to end that. */
  onChange(observer: QueueObserver): () => void {
    return this.#store.onChange(observer)
  }

  /** Ends it; requests under way are cut off, and what it held is gone. */
  async close(): Promise<void> {
    this.#store.close()
    if (!this.#server.listening) return
    const closed = once(this.#server, 'close')
    this.#server.close()
    this.#server.closeAllConnections()
    await closed
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }
}

/**
 * Starts a queue service on a free port of this machine alone. When messages turn visible and when they expire follows
 * `clock`, by default the machine's. It holds what the real SDK of queues asks for, except access policies, shared access
 * signatures and the statistics of a secondary location: these answer 501.
 */
export async function startQueueService({
  clock = systemClock,
}: { readonly clock?: Clock } = {}): Promise<QueueService> {
  const store = new QueueStore(clock)
  const key = randomBytes(64).toString('base64')
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    const service = otherServices.find((name) => request.url?.startsWith(`/${name}/`))
    if (service) answerOtherService(service, response)
    // The client has gone, and nobody is left to be told.
    else answerRequest(request, response, { account, key }, store).catch(() => response.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const endpoints = otherServices.map(
    (name) => `${name === 'blob' ? 'Blob' : 'Table'}Endpoint=${origin}/${name}/${account};`,
  )
  return new QueueService(
    server,
    store,
    `DefaultEndpointsProtocol=http;AccountName=${account};AccountKey=${key};QueueEndpoint=${origin}/${account};${endpoints.join('')}`,
  )
}
