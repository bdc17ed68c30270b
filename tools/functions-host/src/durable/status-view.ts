import { EventType, type HistoryEvent } from './history-event.ts'
import type { EntityRow, InstanceRow } from './store.ts'

/** What a status question asks for. */
export interface StatusOptions {
  showInput: boolean
  showHistory: boolean
  showHistoryOutput: boolean
}

/** JSON where it is JSON, the text itself where it is not: reasons and failure texts are stored as they came. */
export function readValue(text: string | null): unknown {
  if (text === null) return null
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** An instance as the management API shows it. */
export function instanceView(
  row: InstanceRow,
  options: StatusOptions,
  history: readonly HistoryEvent[] = [],
): Record<string, unknown> {
  return {
    name: row.name,
    instanceId: row.instance_id,
    runtimeStatus: row.status,
    input: options.showInput ? readValue(row.input) : null,
    customStatus: readValue(row.custom_status),
    output: readValue(row.output),
    createdTime: wholeSeconds(row.created_ms),
    lastUpdatedTime: wholeSeconds(row.updated_ms),
    ...(options.showHistory && { historyEvents: historyView(history, options) }),
  }
}

/** An entity seen as the instance it is in the real extension. */
export function entityAsInstance(row: EntityRow): Record<string, unknown> {
  return {
    name: row.instance_id,
    instanceId: row.instance_id,
    runtimeStatus: 'Running',
    input: row.is_there === 1 ? { exists: true, state: row.state, sorter: {} } : { sorter: {} },
    customStatus: {},
    output: null,
    createdTime: wholeSeconds(row.created_ms),
    lastUpdatedTime: wholeSeconds(row.updated_ms),
  }
}

/** An entity in a list. */
export function entityView(row: EntityRow, fetchState: boolean): Record<string, unknown> {
  const lastOperationTime = wholeSeconds(row.updated_ms)
  return {
    entityId: { name: row.name, key: row.key },
    lastOperationTime,
    state: fetchState ? readValue(row.state) : null,
  }
}

function wholeSeconds(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`
}

const names = new Map<number, string>([
  [EventType.executionStarted, 'ExecutionStarted'],
  [EventType.executionCompleted, 'ExecutionCompleted'],
  [EventType.executionTerminated, 'ExecutionTerminated'],
  [EventType.taskScheduled, 'TaskScheduled'],
  [EventType.taskCompleted, 'TaskCompleted'],
  [EventType.taskFailed, 'TaskFailed'],
  [EventType.subOrchestrationCreated, 'SubOrchestrationInstanceCreated'],
  [EventType.subOrchestrationCompleted, 'SubOrchestrationInstanceCompleted'],
  [EventType.subOrchestrationFailed, 'SubOrchestrationInstanceFailed'],
  [EventType.timerCreated, 'TimerCreated'],
  [EventType.timerFired, 'TimerFired'],
  [EventType.eventSent, 'EventSent'],
  [EventType.eventRaised, 'EventRaised'],
  [EventType.generic, 'GenericEvent'],
  [EventType.executionSuspended, 'ExecutionSuspended'],
  [EventType.executionResumed, 'ExecutionResumed'],
])

/** Ends are joined with their beginnings; episode marks, ids and played flags are left out. */
function historyView(history: readonly HistoryEvent[], options: StatusOptions): Record<string, unknown>[] {
  const begun = new Map<number, HistoryEvent>()
  const ended = new Set<number>()
  for (const event of history) {
    if (
      event.EventType === EventType.taskScheduled ||
      event.EventType === EventType.subOrchestrationCreated
    ) {
      begun.set(event.EventId, event)
    }
    if (event.TaskScheduledId !== undefined) ended.add(event.TaskScheduledId)
  }
  const shown: Record<string, unknown>[] = []
  for (const event of history) {
    if (!names.has(event.EventType) || (begun.get(event.EventId) === event && ended.has(event.EventId)))
      continue
    const beginning = event.TaskScheduledId === undefined ? undefined : begun.get(event.TaskScheduledId)
    shown.push(eventView(event, beginning, options))
  }
  return shown
}

const left = new Set([
  'EventId',
  'IsPlayed',
  'TaskScheduledId',
  'TimerId',
  'Version',
  'OrchestrationInstance',
  'ParentInstance',
  'Tags',
])

function eventView(
  event: HistoryEvent,
  beginning: HistoryEvent | undefined,
  options: StatusOptions,
): Record<string, unknown> {
  const view: Record<string, unknown> = {}
  if (event.EventType === EventType.generic) view['Data'] = null
  view['EventType'] = names.get(event.EventType)
  for (const [field, value] of Object.entries(event)) {
    if (left.has(field) || field === 'EventType') continue
    if (field === 'Name' && event.EventType === EventType.executionStarted) continue
    if (field === 'Input' && !options.showInput) continue
    if (field === 'Result') {
      if (options.showHistoryOutput) view['Result'] = readValue(event.Result ?? null)
    } else view[field] = value
  }
  if (event.EventType === EventType.executionStarted) view['FunctionName'] = event.Name
  if (beginning !== undefined) {
    view['ScheduledTime'] = beginning.Timestamp.replace('Z', '+00:00')
    view['FunctionName'] = beginning.Name
    if (options.showInput) view['Input'] = beginning.Input ?? null
  }
  return view
}
