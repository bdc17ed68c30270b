/** The numbers of DTFx history events, as the v3 protocol spells them. */
export const EventType = {
  executionStarted: 0,
  executionCompleted: 1,
  executionTerminated: 3,
  taskScheduled: 4,
  taskCompleted: 5,
  taskFailed: 6,
  subOrchestrationCreated: 7,
  subOrchestrationCompleted: 8,
  subOrchestrationFailed: 9,
  timerCreated: 10,
  timerFired: 11,
  orchestratorStarted: 12,
  orchestratorCompleted: 13,
  eventSent: 14,
  eventRaised: 15,
  generic: 17,
  executionSuspended: 19,
  executionResumed: 20,
} as const

/** One row of an instance's history. Which of the optional fields are there depends on `EventType`; the order of fields is the recorded one. */
export interface HistoryEvent {
  EventType: number
  EventId: number
  IsPlayed: boolean
  Timestamp: string
  Name?: string
  Version?: string
  InstanceId?: string
  Input?: string | null
  Reason?: string | null
  Details?: string | null
  FailureDetails?: FailureDetails | null
  Result?: string | null
  OrchestrationStatus?: string
  TaskScheduledId?: number
  TimerId?: number
  FireAt?: string
  Generation?: number | null
  Data?: string | null
  /** Of OrchestratorCompleted, where the order of things is delicate: how many actions the code had asked for by then. */
  Actions?: number
  OrchestrationInstance?: OrchestrationInstance
  ParentInstance?: ParentInstance | null
}

/** An instance and one of its executions: continueAsNew keeps the first and changes the second. */
export interface OrchestrationInstance {
  InstanceId: string
  ExecutionId: string
}

/** Who waits for a sub-orchestration, and under which task id. */
export interface ParentInstance {
  Name: string
  OrchestrationInstance: OrchestrationInstance
  TaskScheduleId: number
  Version: string
}

/** A failure with structure, as the SDK's exception-properties provider makes it. */
export interface FailureDetails {
  ErrorType: string
  ErrorMessage: string
  StackTrace?: string | null
  InnerFailure?: FailureDetails | null
  IsNonRetriable?: boolean
  Properties?: unknown
}

/** What went wrong with a task, in the fields of TaskFailed. */
export interface Failure {
  reason: string
  details: string
  failureDetails?: FailureDetails
}

type Fields = Omit<HistoryEvent, 'EventType' | 'EventId' | 'IsPlayed' | 'Timestamp'>

/** Makes an event; the common fields stand last, as in the recordings. `at`: when, ISO 8601. */
export function makeEvent(at: string, eventType: number, fields: Fields = {}, eventId = -1): HistoryEvent {
  return { EventType: eventType, ...fields, EventId: eventId, IsPlayed: false, Timestamp: at }
}

/** What starts an execution. */
export function executionStarted(start: {
  at: string
  instance: OrchestrationInstance
  parent: ParentInstance | null
  name: string
  version: string
  input: string | null
  generation: number | null
}): HistoryEvent {
  const nothing = { Tags: null, Correlation: null, ParentTraceContext: null, ScheduledStartTime: null }
  return {
    OrchestrationInstance: start.instance,
    EventType: EventType.executionStarted,
    ParentInstance: start.parent,
    Name: start.name,
    Version: start.version,
    Input: start.input,
    ...nothing,
    Generation: start.generation,
    EventId: -1,
    IsPlayed: false,
    Timestamp: start.at,
  }
}

/** An external event, or the answer of an entity, on its way to an orchestration. */
export function eventRaised(at: string, name: string, input: string | null): HistoryEvent {
  const fields = { Name: name, Input: input, ParentTraceContext: null }
  return makeEvent(at, EventType.eventRaised, fields)
}

/** Tells why something was rewound. */
export function genericEvent(at: string, data: string | null): HistoryEvent {
  return { Data: data, EventType: EventType.generic, EventId: -1, IsPlayed: false, Timestamp: at }
}

/** What takes the place of a rewound event. */
export function rewoundEvent({ EventId, Timestamp }: HistoryEvent): HistoryEvent {
  return { Data: null, EventType: EventType.generic, EventId, IsPlayed: EventId < 0, Timestamp }
}

/** A task's end, good or bad, for whoever scheduled it. */
export function taskEnded(
  at: string,
  taskId: number,
  end: { result: string | null } | { failure: Failure },
): HistoryEvent {
  if ('result' in end)
    return makeEvent(at, EventType.taskCompleted, { TaskScheduledId: taskId, Result: end.result })
  return makeEvent(at, EventType.taskFailed, { TaskScheduledId: taskId, ...failureFields(end.failure) })
}

/** A sub-orchestration's end, good or bad, for its parent. */
export function subOrchestrationEnded(
  at: string,
  taskId: number,
  end: { result: string | null } | { failure: Failure },
): HistoryEvent {
  if ('result' in end) {
    return makeEvent(at, EventType.subOrchestrationCompleted, { TaskScheduledId: taskId, Result: end.result })
  }
  return makeEvent(at, EventType.subOrchestrationFailed, {
    TaskScheduledId: taskId,
    ...failureFields(end.failure),
  })
}

function failureFields(failure: Failure): Fields {
  return { Reason: failure.reason, Details: failure.details, FailureDetails: failure.failureDetails ?? null }
}

const decisions = new Set<number>([
  EventType.taskScheduled,
  EventType.subOrchestrationCreated,
  EventType.timerCreated,
  EventType.eventSent,
])

/** Whether an event is something that the orchestrator's code has decided. */
export function isDecision(event: HistoryEvent): boolean {
  return decisions.has(event.EventType)
}

const messages = new Set<number>([0, 5, 6, 8, 9, 11, 15, 17, 19])

/** The event as every later episode sees it: messages of earlier episodes count as played, decisions never do (recorded so). */
export function asPlayed(event: HistoryEvent): HistoryEvent {
  return messages.has(event.EventType) ? { ...event, IsPlayed: true } : event
}
