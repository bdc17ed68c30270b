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

/** How many messages wait, or are in somebody's hand; none where all are hidden until later, as the real scale controller counts. */
export async function waitingIn(queue: QueueClient): Promise<number> {
  const count = (await lengthOf(queue)) ?? 0
  if (count === 0) return 0
  const { peekedMessageItems } = await queue.peekMessages({ abortSignal: AbortSignal.timeout(patienceMs) })
  return peekedMessageItems.length === 0 ? 0 : count
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
