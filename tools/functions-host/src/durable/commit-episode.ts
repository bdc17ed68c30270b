import { activityInput } from './activity-text.ts'
import { builtInHttp, toJsonText } from './action.ts'
import type { Decision, Outcome, ReplayResult } from './decision.ts'
import {
  asPlayed,
  EventType,
  eventRaised,
  executionStarted,
  type HistoryEvent,
  makeEvent,
  taskEnded,
  subOrchestrationEnded,
} from './history-event.ts'
import { entityRequest } from './entity-request.ts'
import { releaseAll } from './entity-locks.ts'
import { createInstance, newHexId, sendToEntity, tellParent } from './instances.ts'
import type { Effects } from './journal.ts'
import { type Episode, joinTexts } from './episode.ts'
import type { OrchestratorAnswer } from './orchestrator-answer.ts'
import type { InstanceRow, Store } from './store.ts'
import type { WarmInstance } from './warm-instances.ts'

const maxCustomStatusBytes = 16 * 1024

/** Writes everything that follows from an episode. Answers with the instance as it is now; undefined when it was purged meanwhile, or begins anew. */
export function commitEpisode(
  store: Store,
  effects: Effects,
  run: { episode: Episode; answer: OrchestratorAnswer; result: ReplayResult },
): WarmInstance | undefined {
  const { episode, answer, result } = run
  const { past, isContinued } = episode
  if (!store.isLive(past.row.instance_id, past.row.execution_id)) return undefined
  const row = { ...past.row }
  // Recorded: a new generation shows the old status until its second episode.
  const keepsStatus = answer.broken !== undefined || (isContinued && answer.customStatus === null)
  if (!keepsStatus) row.custom_status = answer.customStatus
  let { outcome, decisions } = result
  const sizeBytes = (row.custom_status?.length ?? 0) * 2
  if (sizeBytes > maxCustomStatusBytes) {
    row.custom_status = past.row.custom_status
    decisions = []
    const sizeKb = Math.floor(sizeBytes / 1024)
    outcome = {
      kind: 'failed',
      text: `Orchestrator function '${row.name}' failed: The UTF-16 size of the JSON-serialized payload must not exceed 16 KB. The current payload size is ${sizeKb} KB.`,
    }
  }
  const at = store.time.nowText()
  const decided = decisions.map((decision) => decide(store, effects, row, { at, decision, result }))
  // As exact as it is shown: most episodes of one second change nothing of the row.
  row.updated_ms = Math.max(row.updated_ms, Math.floor(store.time.nowMs() / 1000) * 1000)
  if (outcome?.kind === 'continuedAsNew') {
    const started = past.events[1] ?? episode.fresh[1]
    continueAsNew(store, effects, row, { ...outcome, version: started?.Version ?? '' })
    return undefined
  }
  if (outcome !== undefined) decided.push(end(store, effects, row, outcome))
  else {
    row.status = result.isSuspended ? 'Suspended' : 'Running'
    row.output = result.controlReason
  }
  row.retries = outcome?.kind === 'failed' ? JSON.stringify(result.retried) : null
  if (isChanged(row, past.row)) store.updateInstance(row)
  const fresh = episode.fresh.map((event) =>
    event.EventType === EventType.orchestratorCompleted ? { ...event, IsPlayed: true } : asPlayed(event),
  )
  const mark = result.isDelicate ? { Actions: answer.actions.length } : {}
  const added = [...decided, makeEvent(at, EventType.orchestratorCompleted, mark)]
  const episodeText = [...fresh, ...added].map((event) => JSON.stringify(event)).join(',')
  store.appendHistory(row.instance_id, past.events.length, episodeText, result.waits)
  return { row, events: [...past.events, ...fresh, ...added], text: joinTexts(past.text, episodeText) }
}

function isChanged(row: InstanceRow, before: Readonly<InstanceRow>): boolean {
  return (Object.keys(row) as (keyof InstanceRow)[]).some((column) => row[column] !== before[column])
}

function decide(
  store: Store,
  effects: Effects,
  row: InstanceRow,
  { at, decision, result }: { at: string; decision: Decision; result: ReplayResult },
): HistoryEvent {
  const self = { instanceId: row.instance_id, executionId: row.execution_id }
  switch (decision.kind) {
    case 'activity': {
      if (decision.refusal !== undefined)
        store.send(effects, self, taskEnded(at, decision.id, { failure: decision.refusal }))
      else {
        const input =
          decision.name === builtInHttp ? toJsonText(decision.input) : activityInput(decision.input)
        const of = { instance_id: row.instance_id, execution_id: row.execution_id, task_id: decision.id }
        store.addActivity(effects, { ...of, name: decision.name, input })
      }
      const fields = { Name: decision.name, Version: '', Input: null, ParentTraceContext: null }
      return makeEvent(at, EventType.taskScheduled, fields, decision.id)
    }
    case 'subOrchestration': {
      const instanceId = decision.instanceId ?? `${row.execution_id}:${decision.id}`
      const parent = {
        Name: row.name,
        OrchestrationInstance: { InstanceId: row.instance_id, ExecutionId: row.execution_id },
        TaskScheduleId: decision.id,
        Version: '',
      }
      const live =
        decision.refusal === undefined
          ? createInstance(store, effects, { ...decision, instanceId, parent })
          : undefined
      const refusal = decision.refusal ?? (live === undefined ? undefined : inUse(instanceId, live))
      if (live !== undefined)
        result.differences.push(
          'A child was to have the id of a running instance: the call failed; Azure would have replaced that instance.',
        )
      if (refusal !== undefined)
        store.send(effects, self, subOrchestrationEnded(at, decision.id, { failure: refusal }))
      const fields = {
        Name: decision.name,
        Version: decision.version,
        InstanceId: instanceId,
        Input: null,
        ClientSpanId: newHexId().slice(16),
      }
      return makeEvent(at, EventType.subOrchestrationCreated, fields, decision.id)
    }
    case 'timer': {
      const fired = makeEvent(at, EventType.timerFired, { TimerId: decision.id, FireAt: decision.fireAt })
      store.addTimer(effects, self, fired)
      return makeEvent(at, EventType.timerCreated, { FireAt: decision.fireAt }, decision.id)
    }
    case 'entity': {
      const { target, message, predecessor, sentAt } = decision
      const caller = { InstanceId: self.instanceId, ExecutionId: self.executionId }
      const request = entityRequest(message, { caller, predecessor, sentAt })
      sendToEntity(store, effects, target, request)
      const name = message.kind === 'release' ? 'release' : 'op'
      return makeEvent(
        at,
        EventType.eventSent,
        { InstanceId: target, Name: name, Input: JSON.stringify(request) },
        decision.id,
      )
    }
  }
}

function inUse(instanceId: string, status: string): { reason: string; details: string } {
  const reason = `An Orchestration instance with the status ${status} already exists.`
  return {
    reason,
    details: `The id '${instanceId}' is in use; Azure would replace the instance that has it.`,
  }
}

function end(
  store: Store,
  effects: Effects,
  row: InstanceRow,
  outcome: Exclude<Outcome, { kind: 'continuedAsNew' }>,
): HistoryEvent {
  leaveExecution(store, effects, row)
  effects.ended.add(row.instance_id)
  switch (outcome.kind) {
    case 'completed':
      row.status = 'Completed'
      row.output = outcome.output
      tellParent(store, effects, row, { result: outcome.output })
      break
    case 'failed': {
      row.status = 'Failed'
      row.output = outcome.text
      row.failure = outcome.failureDetails === undefined ? null : JSON.stringify(outcome.failureDetails)
      const message = outcome.text.replace(`Orchestrator function '${row.name}' failed: `, '')
      const details = `Message: ${message}, StackTrace:    at ${row.name}`
      const failure = {
        reason: outcome.text,
        details,
        ...(outcome.failureDetails && { failureDetails: outcome.failureDetails }),
      }
      tellParent(store, effects, row, { failure })
      break
    }
    case 'terminated': {
      row.status = 'Terminated'
      // Recorded: without a reason, that of an earlier suspension stays.
      row.output = outcome.reason ?? row.output
      const failure = {
        reason: outcome.reason ?? '',
        details: `The instance '${row.instance_id}' was terminated.`,
      }
      tellParent(store, effects, row, { failure })
      break
    }
  }
  return makeEvent(store.time.nowText(), EventType.executionCompleted, {
    OrchestrationStatus: row.status,
    Result: outcome.kind === 'terminated' ? outcome.reason : row.output,
    FailureDetails: outcome.kind === 'failed' ? (outcome.failureDetails ?? null) : null,
  })
}

// What an execution leaves behind that others could still meet.
function leaveExecution(store: Store, effects: Effects, row: InstanceRow): void {
  store.run('DELETE FROM timers WHERE instance_id = ?', row.instance_id)
  releaseAll(store, effects, { InstanceId: row.instance_id, ExecutionId: row.execution_id })
}

function continueAsNew(
  store: Store,
  effects: Effects,
  row: InstanceRow,
  outcome: Extract<Outcome, { kind: 'continuedAsNew' }> & { version: string },
): void {
  store.run('DELETE FROM history WHERE instance_id = ?', row.instance_id)
  leaveExecution(store, effects, row)
  row.execution_id = newHexId()
  row.status = 'Running'
  row.output = null
  row.input = outcome.input ?? row.input
  store.updateInstance(row)
  const instance = { InstanceId: row.instance_id, ExecutionId: row.execution_id }
  const parent = row.parent === null ? null : JSON.parse(row.parent)
  const started = executionStarted({
    at: store.time.nowText(),
    instance,
    parent,
    name: row.name,
    version: outcome.version,
    input: outcome.input,
    generation: null,
  })
  const to = { instanceId: row.instance_id, executionId: row.execution_id, isFirst: true }
  store.send(effects, to, started)
  for (const event of outcome.carried)
    store.send(effects, to, eventRaised(event.Timestamp, event.Name ?? '', event.Input ?? null))
}
