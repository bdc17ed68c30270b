import type { QueueClient } from '@azure/storage-queue'

import { decodeBody } from '../queue-listener/decode-body.ts'
import { isMissing } from '../storage/create-when-missing.ts'
import type { MessageEncoding } from '../storage/message-encoding.ts'
import { poisonQueueName } from '../storage/queue-name.ts'

/** As many as the service shows at a time. */
const mostPeeked = 32

/** What a test queue needs. */
export interface TestQueueOptions {
  readonly client: (queueName: string) => QueueClient
  readonly encoding: MessageEncoding
  /** The queue has something new. */
  readonly onSent: (queueName: string) => void
}

/** A queue of the host's storage, as a test fills and looks into it. */
export class TestQueue {
  readonly name: string
  readonly #options: TestQueueOptions
  readonly #client: QueueClient

  constructor(name: string, options: TestQueueOptions) {
    this.name = name
    this.#options = options
    this.#client = options.client(name)
  }

  /** Where messages go that failed too often. @throws Error where there is no such queue, for a poison queue has none */
  get poison(): TestQueue {
    const name = poisonQueueName(this.name)
    if (name === undefined) throw new Error(`The queue "${this.name}" has no queue for what fails too often.`)
    return new TestQueue(name, this.#options)
  }

  /** Sends messages, in the encoding of host.json; what is no text is sent as JSON. The queue is made where it is not there. */
  async send(...messages: readonly unknown[]): Promise<void> {
    await this.#client.createIfNotExists()
    for (const message of messages) {
      const text = typeof message === 'string' ? message : JSON.stringify(message)
      await this.#client.sendMessage(
        this.#options.encoding === 'base64' ? Buffer.from(text).toString('base64') : text,
      )
    }
    this.#options.onSent(this.name)
  }

  /** The texts of the next messages that can be read, 32 at most; they stay. None where there is no such queue. */
  async messages(): Promise<string[]> {
    const { peekedMessageItems = [] } = await orNothing(() =>
      this.#client.peekMessages({ numberOfMessages: mostPeeked }),
    )
    return peekedMessageItems.map(({ messageText }) => {
      const body = decodeBody(messageText, this.#options.encoding)
      return body?.toString('utf8') ?? messageText
    })
  }

  /** How many messages it holds, hidden ones too. 0 where there is no such queue. */
  async count(): Promise<number> {
    const { approximateMessagesCount = 0 } = await orNothing(() => this.#client.getProperties())
    return approximateMessagesCount
  }
}

/** What a queue answers; nothing where there is none. */
async function orNothing<Answer extends object>(ask: () => Promise<Answer>): Promise<Partial<Answer>> {
  try {
    return await ask()
  } catch (error) {
    if (isMissing(error)) return {}
    throw error
  }
}
