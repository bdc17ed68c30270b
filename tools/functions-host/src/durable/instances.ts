import { randomUUID } from 'node:crypto'
import {
  eventRaised,
  EventType,
  executionStarted,
  type Failure,
  type HistoryEvent,
  makeEvent,
  type ParentInstance,
  subOrchestrationEnded,
} from './history-event.ts'
import type { Effects } from './journal.ts'
import type { EntityRequest } from './entity-request.ts'
import { endedStates, type InstanceRow, type Store } from './store.ts'

/** 32 hex digits, as the real extension mints ids. */
export function newHexId(): string {
  return randomUUID().replaceAll('-', '')
}

/** Makes an instance and its first message. Answers with the state of the live instance that has the id already, and changes nothing then. */
export function createInstance(
  store: Store,
  effects: Effects,
  start: {
    instanceId: string
    name: string
    version: string
    input: string | null
    parent: ParentInstance | null
  },
): string | undefined {
  const existing = store.instance(start.instanceId)
  if (existing !== undefined && !endedStates.has(existing.status)) return existing.status
  const nowMs = store.time.nowMs()
  const executionId = newHexId()
  const used = existing === undefined ? 0 : existing.generation + 1
  if (existing !== undefined) store.forget(start.instanceId)
  store.putInstance({
    instance_id: start.instanceId,
    execution_id: executionId,
    name: start.name,
    status: 'Pending',
    input: start.input,
    output: null,
    custom_status: null,
    failure: null,
    retries: null,
    parent: start.parent === null ? null : JSON.stringify(start.parent),
    generation: used,
    created_ms: nowMs,
    updated_ms: nowMs,
  })
  const instance = { InstanceId: start.instanceId, ExecutionId: executionId }
  const generation = start.parent === null ? used : null
  const event = executionStarted({
    at: store.time.nowText(),
    instance,
    parent: start.parent,
    name: start.name,
    version: start.version,
    input: start.input,
    generation,
  })
  store.send(effects, { instanceId: start.instanceId, executionId, isFirst: true }, event)
  return undefined
}

/** Tells the parent of an instance, if it has one, how it ended. */
export function tellParent(
  store: Store,
  effects: Effects,
  row: InstanceRow,
  end: { result: string | null } | { failure: Failure },
): void {
  if (row.parent === null) return
  const parent = JSON.parse(row.parent) as ParentInstance
  const to = {
    instanceId: parent.OrchestrationInstance.InstanceId,
    executionId: parent.OrchestrationInstance.ExecutionId,
  }
  store.send(effects, to, subOrchestrationEnded(store.time.nowText(), parent.TaskScheduleId, end))
}

/** Sends a request to an entity. */
export function sendToEntity(store: Store, effects: Effects, target: string, request: EntityRequest): void {
  store.send(effects, { instanceId: target }, JSON.stringify(request))
}

/** Raises an external event of an instance. */
export function raise(
  store: Store,
  effects: Effects,
  instanceId: string,
  event: { name: string; input: string | null },
): void {
  store.send(effects, { instanceId }, eventRaised(store.time.nowText(), event.name, event.input))
}

/** A wish of an operator: it goes through the inbox like everything else. */
export function control(
  at: string,
  kind: 'terminate' | 'suspend' | 'resume',
  reason: string | null,
): HistoryEvent {
  if (kind === 'terminate') return makeEvent(at, EventType.executionTerminated, { Input: reason })
  return makeEvent(at, kind === 'suspend' ? EventType.executionSuspended : EventType.executionResumed, {
    Reason: reason,
  })
}
