import type { JobBody } from '@zoetrope/contracts'
import { mintId, taskContractVersion } from '@zoetrope/contracts'

import { readObserved } from './observed-operations.ts'
import type { OperatorClients } from './operator-clients.ts'
import { until } from './until.ts'

const patienceMs = 120_000

/**
 * Has messages fail on each queue: one that cannot be read, which is set aside at once, and one of a wrong shape, which is tried
 * again first. Then gives each `-poison` queue a message that its function does understand. Returns when the recording shows it all.
 */
export async function poisonEveryQueue(
  { queues }: OperatorClients,
  { id: jobId, run }: Pick<JobBody, 'id' | 'run'>,
  {
    tenantId,
    blob,
    recordFile,
  }: { readonly tenantId: string; readonly blob: string; readonly recordFile: string },
): Promise<void> {
  const task = { taskId: mintId('tsk'), attempt: 1, jobId, run, tenantId }
  const now = new Date().toISOString()
  const failed = {
    ...task,
    contractVersion: taskContractVersion,
    outcome: 'failed',
    outputs: [],
    usage: [],
    startedAt: now,
    endedAt: now,
  }
  const event = {
    specversion: '1.0',
    id: 'event',
    source: 'test',
    type: 'Microsoft.Storage.BlobCreated',
    subject: `/blobServices/default/containers/uploads/blobs/${blob}`,
    time: now,
    data: { url: '' },
  }
  const messages: Readonly<Record<string, object>> = {
    'media-events': event,
    'job-starts': { tenantId, jobId, run },
    'job-commands': { commandId: mintId('evt'), command: 'cancel', tenantId, jobId, run },
    'tasks-images': task,
    'tasks-video': task,
    'task-results': failed,
  }
  await Promise.all(
    Object.entries(messages).map(async ([name, message]) => {
      const queue = queues.getQueueClient(name)
      await queue.sendMessage('not base64')
      await queue.sendMessage(toText({}))
      await queues.getQueueClient(`${name}-poison`).sendMessage(toText(message))
    }),
  )
  const awaited = Object.keys(messages).flatMap((name) => [
    `UpdateMessage queue:${name}`,
    `PutMessage queue:${name}-poison`,
    `DeleteMessage queue:${name}-poison`,
  ])
  await until(patienceMs, async () => {
    const operations = Object.values(readObserved(recordFile)).flat()
    const seen = new Set(operations.map(({ operation, resource }) => `${operation} ${resource}`))
    const missing = awaited.filter((line) => !seen.has(line))
    if (missing.length > 0) throw new Error(`Not seen yet: ${missing.join(', ')}`)
    return true
  })
}

function toText(message: object): string {
  return Buffer.from(JSON.stringify(message)).toString('base64')
}
