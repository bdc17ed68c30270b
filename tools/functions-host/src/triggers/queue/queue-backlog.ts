import type { QueueClient } from '@azure/storage-queue'

import type { Backlog } from '../../trigger.ts'

/** Answers are this old at most, ms: however many ask, a queue is asked once. */
const freshMs = 1000
/** How long a queue may take to answer, ms. */
const patienceMs = 2000

/** Asks how many messages wait in a function's queue, and in the queue for those that failed too often. */
export function backlogOf(
  functionName: string,
  queue: QueueClient,
  poisonQueue: QueueClient | undefined,
): () => Promise<Backlog> {
  let askedMs = Number.NEGATIVE_INFINITY
  let answer: Promise<Backlog> | undefined
  return () => {
    if (answer && performance.now() - askedMs < freshMs) return answer
    askedMs = performance.now()
    answer = ask()
    return answer
  }

  async function ask(): Promise<Backlog> {
    const [waiting, poisoned] = await Promise.all([lengthOf(queue), lengthOf(poisonQueue)])
    return {
      functionName,
      source: queue.name,
      ...(waiting === undefined ? {} : { waiting }),
      ...(poisoned === undefined ? {} : { poisoned }),
    }
  }
}

/** The approximate number of messages; undefined for no queue, one that is not there, or one that does not answer. */
async function lengthOf(queue: QueueClient | undefined): Promise<number | undefined> {
  try {
    const properties = await queue?.getProperties({ abortSignal: AbortSignal.timeout(patienceMs) })
    return properties?.approximateMessagesCount
  } catch {
    return undefined
  }
}
