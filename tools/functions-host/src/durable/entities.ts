import { eventRaised } from './history-event.ts'
import { type HubContext, limitOf } from './hub-context.ts'
import { type EntityMail, type EntityWork, nextEntityWork } from './entity-inbox.ts'
import { endLock, grantLock } from './entity-locks.ts'
import {
  entityInstanceId,
  type EntityRequest,
  entityRequest,
  type OperationRequest,
  parseEntityId,
} from './entity-request.ts'
import { sendToEntity } from './instances.ts'
import { type Effects, HubClosedError } from './journal.ts'
import type { EntityRow } from './store.ts'
import { lostWorkerDelayMs, WorkQueue } from './work-queue.ts'

const responseType =
  'Microsoft.Azure.WebJobs.Extensions.DurableTask.ResponseMessage, Microsoft.Azure.WebJobs.Extensions.DurableTask'

/** What an entity's function answers for a batch. */
interface EntityAnswer {
  entityExists?: boolean
  entityState?: string | null
  results?: { isError: boolean; result?: string | null }[]
  signals?: { target: { name: string; key: string }; name: string; input?: string }[]
}

/** The queue of entities: all waiting operations of one in a batch; its state, answers and signals in one transaction. */
export function createEntityQueue(hub: HubContext): WorkQueue<string> {
  return new WorkQueue(
    { limit: limitOf(hub, hub.settings.maxConcurrentEntities), clock: hub.time.clock },
    async (id, tries) => {
      const before = hub.store.entity(id)
      const inbox = hub.store
        .inbox(id)
        .map(({ event, ...row }) => ({ ...row, request: JSON.parse(event) as EntityRequest }))
      const work = nextEntityWork(inbox, {
        lockedBy: before?.locked_by ?? null,
        maxBatch: hub.settings.maxEntityBatch,
      })
      if (work.kind === 'nothing') return undefined
      try {
        if (!(await doWork(hub, { id, before, work }))) {
          hub.options.log('warning', `The worker was lost during operations of entity ${id}: they run again.`)
          return lostWorkerDelayMs(tries)
        }
        return hub.store.inbox(id).length > 0 ? 0 : undefined
      } catch (error) {
        if (error instanceof HubClosedError) return undefined
        hub.options.log(
          'error',
          `Operations of entity ${id} could not be recorded and run again: ${hub.why(error)}`,
        )
        return lostWorkerDelayMs(tries)
      }
    },
  )
}

/** @returns whether it was done; not where the worker was lost */
async function doWork(
  hub: HubContext,
  {
    id,
    before,
    work,
  }: { id: string; before: EntityRow | undefined; work: Exclude<EntityWork, { kind: 'nothing' }> },
): Promise<boolean> {
  const { journal, store } = hub
  if (work.kind === 'lock')
    await journal.write((effects) => grantLock(store, effects, { id, mail: work.mail }))
  else if (work.kind === 'release') await journal.write(() => endLock(store, { id, mail: work.mail }))
  else {
    const answer = await ask(hub, id, { before, requests: work.mail.map(({ request }) => request) })
    if (answer === undefined) return false
    await journal.write((effects) => commit(hub, effects, { id, mail: work.mail, answer }))
  }
  return true
}

async function ask(
  hub: HubContext,
  id: string,
  batch: { before: EntityRow | undefined; requests: OperationRequest[] },
): Promise<EntityAnswer | undefined> {
  const self = parseEntityId(id)
  const { before, requests } = batch
  const unchanged = { entityExists: before?.is_there === 1, entityState: before?.state ?? null }
  const allFailed = (text: string): EntityAnswer => ({
    ...unchanged,
    results: requests.map(() => ({ isError: true, result: JSON.stringify(text) })),
  })
  const functionName = hub.names.find('entity', self.name)
  if (functionName === undefined) return allFailed(hub.names.refusal('entity', self.name) ?? '')
  const operations = requests.map((request) => ({
    name: request.op,
    input: request.input ?? null,
    isSignal: request.signal === true,
  }))
  const input = JSON.stringify({
    self,
    exists: unchanged.entityExists,
    state: unchanged.entityState,
    batch: operations,
  })
  const answer = await hub.options.invoke({ functionName, kind: 'entity', instanceId: id, input })
  if (answer.ok)
    return (typeof answer.value === 'string' ? JSON.parse(answer.value) : answer.value) as EntityAnswer
  if (answer.workerLost === true) return undefined
  hub.options.log('error', `Entity function '${functionName}' failed: ${answer.message}`)
  return allFailed(`Entity function '${functionName}' failed: ${answer.message}`)
}

function commit(
  hub: HubContext,
  effects: Effects,
  done: { id: string; mail: EntityMail<OperationRequest>[]; answer: EntityAnswer },
): void {
  const { id, mail, answer } = done
  const { store } = hub
  store.dropMessages(mail)
  const nowMs = hub.time.nowMs()
  const sentAt = hub.time.nowText()
  store.putEntity({
    instance_id: id,
    ...parseEntityId(id),
    state: answer.entityState ?? null,
    is_there: answer.entityExists === true ? 1 : 0,
    created_ms: nowMs,
    updated_ms: nowMs,
  })
  for (const [index, { request }] of mail.entries()) {
    if (request.signal === true || request.parent === undefined) continue
    const result = answer.results?.[index]
    const response = {
      $type: responseType,
      result: result?.result ?? null,
      ...(result?.isError === true && { exceptionType: 'Error' }),
    }
    const to = {
      instanceId: request.parent,
      ...(request.parentExecution !== undefined && { executionId: request.parentExecution }),
    }
    store.send(effects, to, eventRaised(sentAt, request.id, JSON.stringify(response)))
  }
  for (const signal of answer.signals ?? []) {
    const target = entityInstanceId(signal.target.name, signal.target.key)
    const input = signal.input === undefined || signal.input === '' ? null : signal.input
    const unknown = hub.names.refusal('entity', signal.target.name)
    if (unknown !== undefined) hub.options.log('error', `Entity ${id} signals an unknown entity: ${unknown}`)
    else
      sendToEntity(
        store,
        effects,
        target,
        entityRequest({ kind: 'signal', operation: signal.name, input }, { sentAt }),
      )
  }
}
