import type { RetryTrace } from './decision.ts'
import {
  EventType,
  genericEvent,
  type HistoryEvent,
  type ParentInstance,
  rewoundEvent,
} from './history-event.ts'
import type { Effects } from './journal.ts'
import { renumber, renumbering } from './renumber.ts'
import { type InstanceRow, type Store } from './store.ts'

/** Takes back what failed in a failed instance and in its failed children, and lets them go on. Answers with the ids whose histories changed. */
export function rewind(store: Store, effects: Effects, row: InstanceRow, reason: string | null): string[] {
  const events = store.history(row.instance_id).map((text) => JSON.parse(text) as HistoryEvent)
  const retries = JSON.parse(row.retries ?? '{"attempts":[],"idleTimers":[]}') as RetryTrace
  const retried = new Set(retries.attempts)
  const failedTasks = new Set<number>(retries.idleTimers)
  const failedChildren = new Set<number>()
  for (const event of events) {
    if (event.TaskScheduledId === undefined || retried.has(event.TaskScheduledId)) continue
    if (event.EventType === EventType.taskFailed) failedTasks.add(event.TaskScheduledId)
    if (event.EventType === EventType.subOrchestrationFailed) failedChildren.add(event.TaskScheduledId)
  }
  // The timers after last failures are not made again, and siblings' later tasks have counted them.
  const move = renumbering(retries.idleTimers)
  const changed = [row.instance_id]
  let waitsForChild = false
  for (const event of events) {
    if (event.EventType !== EventType.subOrchestrationCreated || !failedChildren.has(event.EventId)) continue
    const child = store.instance(event.InstanceId ?? '')
    const isOurs = child?.status === 'Failed' && isChildOf(child, row, event.EventId)
    // A child that is gone, or that did not fail by itself, is started anew.
    if (!isOurs) failedTasks.add(event.EventId)
    else {
      waitsForChild = true
      child.parent = withTaskId(child.parent, move(event.EventId))
      changed.push(...rewind(store, effects, child, reason))
    }
  }
  const rewound = events.map((event) => {
    const isKept = !isTakenBack(event, failedTasks) || retried.has(event.TaskScheduledId ?? -1)
    return isKept ? renumber(event, move) : rewoundEvent(event)
  })
  store.replaceHistory(row.instance_id, rewound)
  row.status = 'Pending'
  row.output = null
  row.failure = null
  row.retries = null
  row.updated_ms = store.time.nowMs()
  store.updateInstance(row)
  if (!waitsForChild) {
    store.send(
      effects,
      { instanceId: row.instance_id, executionId: row.execution_id },
      genericEvent(store.time.nowText(), reason),
    )
  }
  return changed
}

function isChildOf(child: InstanceRow, parent: InstanceRow, taskId: number): boolean {
  if (child.parent === null) return false
  const known = JSON.parse(child.parent) as ParentInstance
  return known.OrchestrationInstance.InstanceId === parent.instance_id && known.TaskScheduleId === taskId
}

function withTaskId(parent: string | null, taskId: number): string | null {
  if (parent === null) return null
  return JSON.stringify({ ...(JSON.parse(parent) as ParentInstance), TaskScheduleId: taskId })
}

function isTakenBack(event: HistoryEvent, failedTasks: ReadonlySet<number>): boolean {
  switch (event.EventType) {
    case EventType.taskFailed:
    case EventType.subOrchestrationFailed:
    case EventType.executionCompleted:
      return true
    case EventType.taskScheduled:
    case EventType.subOrchestrationCreated:
    case EventType.timerCreated:
      return failedTasks.has(event.EventId)
    case EventType.timerFired:
      return failedTasks.has(event.TimerId ?? -1)
    default:
      return false
  }
}
