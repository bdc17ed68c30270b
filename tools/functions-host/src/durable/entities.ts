import { eventRaised } from './history-event.ts'
import type { HubContext } from './hub-context.ts'
import { type EntityRequest, entityRequest, sendToEntity } from './instances.ts'
import { type Effects, HubClosedError } from './journal.ts'
import type { EntityRow, InboxRow } from './store.ts'
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

/** The id under which an entity's messages are kept. */
export function entityInstanceId(name: string, key: string): string {
  return `@${name.toLowerCase()}@${key}`
}

/** Name and key of an entity's id. */
export function parseEntityId(id: string): { name: string; key: string } {
  const at = id.indexOf('@', 1)
  return { name: id.slice(1, at), key: id.slice(at + 1) }
}

/** The queue of entities: all waiting operations of one in a batch; its state, answers and signals in one transaction. */
export function createEntityQueue(hub: HubContext): WorkQueue<string> {
  return new WorkQueue(hub.settings.maxConcurrentEntities, async (id, tries) => {
    const messages = hub.store.inbox(id).slice(0, hub.settings.maxEntityBatch)
    if (messages.length === 0) return undefined
    try {
      const requests = messages.map((message) => JSON.parse(message.event) as EntityRequest)
      const before = hub.store.entity(id)
      const answer = await ask(hub, id, { before, requests })
      if (answer === undefined) {
        hub.options.log('warning', `The worker was lost during operations of entity ${id}: they run again.`)
        return lostWorkerDelayMs(tries)
      }
      await hub.journal.write((effects) => commit(hub, effects, { id, messages, requests, answer }))
      return hub.store.inbox(id).length > 0 ? 0 : undefined
    } catch (error) {
      if (error instanceof HubClosedError) return undefined
      hub.options.log(
        'error',
        `Operations of entity ${id} could not be recorded and run again: ${String(error)}`,
      )
      return lostWorkerDelayMs(tries)
    }
  })
}

async function ask(
  hub: HubContext,
  id: string,
  batch: { before: EntityRow | undefined; requests: EntityRequest[] },
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
  done: { id: string; messages: InboxRow[]; requests: EntityRequest[]; answer: EntityAnswer },
): void {
  const { id, messages, requests, answer } = done
  const { store } = hub
  store.dropMessages(messages)
  const nowMs = Date.now()
  store.putEntity({
    instance_id: id,
    ...parseEntityId(id),
    state: answer.entityState ?? null,
    is_there: answer.entityExists === true ? 1 : 0,
    created_ms: nowMs,
    updated_ms: nowMs,
  })
  for (const [index, request] of requests.entries()) {
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
    store.send(effects, to, eventRaised(request.id, JSON.stringify(response)))
  }
  for (const signal of answer.signals ?? []) {
    const target = entityInstanceId(signal.target.name, signal.target.key)
    const input = signal.input === undefined || signal.input === '' ? null : signal.input
    const unknown = hub.names.refusal('entity', signal.target.name)
    if (unknown !== undefined) hub.options.log('error', `Entity ${id} signals an unknown entity: ${unknown}`)
    else
      sendToEntity(store, effects, target, entityRequest({ operation: signal.name, input, isSignal: true }))
  }
}
