import type { EntityMessage } from './entity-request.ts'
import type { WaitChanges } from './event-wait.ts'
import type { Failure, FailureDetails, HistoryEvent } from './history-event.ts'

/** What an orchestration newly wants done. Its id is the sequence number under which the SDK waits for the end. */
export type Decision =
  | { kind: 'activity'; id: number; name: string; input: unknown; refusal?: Failure }
  | {
      kind: 'subOrchestration'
      id: number
      name: string
      instanceId: string | undefined
      version: string
      input: string | null
      refusal?: Failure
    }
  | { kind: 'timer'; id: number; fireAt: string }
  | {
      kind: 'entity'
      id: number
      target: string
      message: EntityMessage
      sentAt: string
      predecessor: string
    }

/** How an execution ended in this episode, if it did. */
export type Outcome =
  | { kind: 'completed'; output: string | null }
  | { kind: 'failed'; text: string; failureDetails?: FailureDetails }
  | { kind: 'terminated'; reason: string | null }
  | { kind: 'continuedAsNew'; input: string | null; carried: HistoryEvent[] }

/** The result of replaying an orchestrator's actions against its history. */
export interface ReplayResult {
  decisions: Decision[]
  outcome: Outcome | undefined
  isSuspended: boolean
  /** Activities, children and timers that the execution waits for. */
  openTasks: number
  /** Why the last suspend or resume was asked for. */
  controlReason: string | null
  /** Where Azure would have done something worse, or said too little: said once in the log. */
  differences: string[]
  retried: RetryTrace
  /** Whether ids depend on what the code waits for: see `ActionLimits`. */
  isDelicate: boolean
  /** Waits for events that began or ended in this episode. */
  waits: WaitChanges | undefined
}

/** What retries left in a history: rewinding takes back the last attempts only, together with their idle timers. */
export interface RetryTrace {
  /** Ids of failed attempts that were followed by another one. */
  attempts: number[]
  /** Ids of the timers after last failures. */
  idleTimers: number[]
}

/** The end of whatever was terminated. */
export function terminatedResult(reason: string | null): ReplayResult {
  const retried = { attempts: [], idleTimers: [] }
  const outcome: Outcome = { kind: 'terminated', reason }
  return {
    decisions: [],
    outcome,
    isSuspended: false,
    openTasks: 0,
    isDelicate: false,
    controlReason: null,
    differences: [],
    retried,
    waits: undefined,
  }
}

const changed = 'Was a change made to the orchestrator code after this instance had already started running?'

const recorded: Record<Decision['kind'], string> = {
  activity: 'an activity task',
  subOrchestration: 'a sub-orchestration task',
  timer: 'a timer task',
  entity: 'a send event task',
}

const produced: Record<Decision['kind'], string> = {
  activity: 'a ScheduleTaskOrchestratorAction action',
  subOrchestration: 'a CreateSubOrchestrationAction action',
  timer: 'a CreateTimerOrchestratorAction action',
  entity: 'a SendEventOrchestratorAction action',
}

/** Why the history and today's code do not agree, in the recorded words; undefined if they do. */
export function disagreement(
  kind: Decision['kind'],
  event: HistoryEvent,
  now: Decision | undefined,
): string | undefined {
  const where = kind === 'subOrchestration' ? `, instance ID '${event.InstanceId}'` : ''
  const name = kind === 'timer' ? '' : ` and name '${event.Name}' (version ''${where})`
  const begin = `Non-Deterministic workflow detected: A previous execution of this orchestration scheduled ${recorded[kind]} with sequence`
  if (now === undefined) {
    return `${begin} ID ${event.EventId}${name}, but the current replay execution hasn't (yet?) scheduled this task. ${changed}`
  }
  if (now.kind === kind && (!('name' in now) || now.name === event.Name)) return undefined
  if (now.kind === kind && 'name' in now) {
    return `${begin} ID ${event.EventId}${name}, but the current orchestration replay instead scheduled '${now.name}' at this sequence number. ${changed}`
  }
  if (kind === 'subOrchestration') {
    return `${begin} ID ${event.EventId}${name}, but the current orchestration replay instead produced ${produced[now.kind]} at this sequence number. ${changed}`
  }
  const named = kind === 'timer' ? '' : ` named '${event.Name}'`
  return `${begin} number ${event.EventId}${named}, but the current orchestration replay instead produced ${produced[now.kind]} with this sequence number. ${changed}`
}
