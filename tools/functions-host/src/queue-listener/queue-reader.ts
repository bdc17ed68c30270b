import type { DequeuedMessageItem } from '@azure/storage-queue'

import type { QueueListenerOptions } from './queue-listener-options.ts'

/** How long the last request for messages may take when the host stops, ms. */
const lastReceiveMs = 1000
/** How long a request for messages may take at all, ms: a service that has gone without a word never answers. */
const receiveTimeoutMs = 100_000

/** Asks a queue for messages. A fault is no end: it is logged once, and once more when it is over. */
export class QueueReader {
  readonly #options: Pick<QueueListenerOptions, 'queue' | 'pollingQueue' | 'log' | 'inHand'>
  #request = new AbortController()
  #isFinishing = false
  #trouble: string | undefined
  #hasTakenOver = false

  constructor(options: Pick<QueueListenerOptions, 'queue' | 'pollingQueue' | 'log' | 'inHand'>) {
    this.#options = options
  }

  /** Messages, hidden from others for this long; none when the queue cannot be read. */
  async receive(batchSize: number, hiddenSeconds: number): Promise<DequeuedMessageItem[]> {
    const { queue, pollingQueue = queue, inHand } = this.#options
    const request = new AbortController()
    this.#request = request
    const timer = setTimeout(() => request.abort(), receiveTimeoutMs)
    try {
      if (!this.#hasTakenOver) await this.#takeOver(request.signal)
      const { receivedMessageItems } = await pollingQueue.receiveMessages({
        numberOfMessages: batchSize,
        visibilityTimeout: hiddenSeconds,
        abortSignal: request.signal,
      })
      for (const item of receivedMessageItems) inHand?.note(item)
      this.#say(undefined)
      return receivedMessageItems
    } catch (error) {
      this.#say(request.signal.aborted ? new Error('it does not answer') : (error as Error))
      return []
    } finally {
      clearTimeout(timer)
    }
  }

  /** Waits for the loop that reads. Messages that are just on their way here would stay hidden; a service that does not answer is not waited for. */
  async finish(loop: Promise<void> | undefined): Promise<void> {
    this.#isFinishing = true
    const timer = setTimeout(() => this.#request.abort(), lastReceiveMs)
    await loop
    clearTimeout(timer)
  }

  /** Gives back what an earlier host had in hand when it died. */
  async #takeOver(abortSignal: AbortSignal): Promise<void> {
    const { queue, pollingQueue = queue, inHand, log } = this.#options
    for (const { messageId, popReceipt, forget } of inHand?.orphans() ?? []) {
      try {
        await pollingQueue.updateMessage(messageId, popReceipt, undefined, 0, { abortSignal })
        log('info', `Queue ${queue.name}: message ${messageId} was in hand when an earlier host died.`)
      } catch (error) {
        // Whatever the service refuses is not ours, or no more; a service that is down is asked again.
        const { statusCode = 0 } = error as { statusCode?: number }
        if (statusCode < 400 || statusCode >= 500) throw error
      }
      forget()
    }
    this.#hasTakenOver = true
  }

  #say(error: (Error & { statusCode?: number }) | undefined): void {
    if (this.#isFinishing) return
    const { queue, log } = this.#options
    // The trigger never makes its queue; until somebody does there is nothing to read.
    const trouble = !error ? undefined : error.statusCode === 404 ? 'missing' : 'unreadable'
    if (trouble === this.#trouble) return
    if (trouble === 'missing')
      log('info', `Queue ${queue.name} does not exist; its messages are read when somebody has made it.`)
    else if (trouble === 'unreadable')
      log('warning', `Queue ${queue.name} cannot be read, and is tried until it can: ${toLine(error)}`)
    else if (this.#trouble === 'unreadable') log('info', `Queue ${queue.name} can be read again.`)
    this.#trouble = trouble
  }
}

/** The first line of an error; those of connections that nobody took say it in their code alone. */
function toLine(error: (Error & { code?: string }) | undefined): string {
  return error?.message.split('\n')[0] || (error?.code ?? 'unknown error')
}
