import type { JobBody } from '@zoetrope/contracts'
import { mintId, taskContractVersion } from '@zoetrope/contracts'

import { readDeclarations, readObserved } from './observed-operations.ts'
import type { OperatorClients } from './operator-clients.ts'
import { until } from './until.ts'

const patienceMs = 120_000

/**
 * Has messages fail on each queue that an app listens to: one that cannot be read, which is set aside at once, and one of a wrong
 * shape, which is tried again first. Then gives each `-poison` queue a message that its function does understand. Returns when the
 * recording shows it all.
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
  const consumed = readDeclarations().flatMap((app) => app.queues.consumes)
  const isPoison = (name: string): boolean => name.endsWith('-poison')
  await Promise.all(
    consumed.map(async (name) => {
      const queue = queues.getQueueClient(name)
      // A queue that is not in the list carries the least that messages carry.
      if (isPoison(name))
        return queue.sendMessage(toText(messages[name.replace(/-poison$/, '')] ?? { tenantId }))
      await queue.sendMessage('not base64')
      return queue.sendMessage(toText({}))
    }),
  )
  const awaited = consumed.flatMap((name) =>
    isPoison(name)
      ? [`DeleteMessage queue:${name}`]
      : [`UpdateMessage queue:${name}`, `PutMessage queue:${name}-poison`],
  )
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
