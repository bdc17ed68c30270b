import type { ReplayObserver } from '../durable/action-starter.ts'
import type { Decision, Outcome } from '../durable/decision.ts'
import { disagreement } from '../durable/decision.ts'
import { EventType, type HistoryEvent } from '../durable/history-event.ts'
import type { HistoryFile } from '../durable/history-file.ts'
import type { OrchestratorAnswer } from '../durable/orchestrator-answer.ts'
import { replay } from '../durable/replay.ts'
import { differingValue } from './differing-value.ts'

/** Where a history and today's code part for the first time. */
export interface Difference {
  /** How many events of the history both agree on. */
  readonly eventCount: number
  /** Counted from 1. */
  readonly episode: number
  /** The action as the history has it, counted from 1; absent where the history has none there, or where only the ends differ. */
  readonly recorded?: { readonly number: number; readonly event: HistoryEvent }
  /** What the code does in its place, as far as that is an action. */
  readonly now?: Decision
  /** Of actions that are of the same kind and name: what else differs. */
  readonly value?: string
  /** How the execution ends, where both agree on all actions before; undefined: it goes on. */
  readonly ends?: { readonly recorded: HistoryEvent | undefined; readonly now: Outcome | undefined }
}

/** What was compared. */
export interface Comparison {
  readonly episodes: number
  readonly actions: number
  readonly difference: Difference | undefined
}

const kinds = new Map<number, Decision['kind']>([
  [EventType.taskScheduled, 'activity'],
  [EventType.subOrchestrationCreated, 'subOrchestration'],
  [EventType.timerCreated, 'timer'],
  [EventType.eventSent, 'entity'],
])

/**
 * The events that orchestrator code answered to. What it answered as it was terminated was not used, so that its last episode is left out.
 */
export function replayableEvents({ events }: HistoryFile): readonly HistoryEvent[] {
  const terminated = events.findIndex((event) => event.EventType === EventType.executionTerminated)
  if (terminated < 0) return events
  return events.slice(0, lastEpisodeBefore(events, terminated))
}

function lastEpisodeBefore(events: readonly HistoryEvent[], index: number): number {
  return events.findLastIndex((event, at) => at < index && event.EventType === EventType.orchestratorStarted)
}

/**
 * Compares a history with what the code answers to the whole of it: kind, name and order of actions, ids of sub-orchestrations that the
 * code chooses, targets and operations of entities, and how it ends. `isStrict` adds the values that a history holds: dates of
 * timers, inputs of entities, the output.
 */
export function compareHistory(
  file: HistoryFile,
  answer: OrchestratorAnswer,
  { isStrict = false }: { readonly isStrict?: boolean } = {},
): Comparison {
  const events = replayableEvents(file)
  const observer = new Observer(events, isStrict)
  const { outcome, decisions } = replay(events, answer, {
    orchestratorName: file.orchestratorName,
    httpPollDelayMs: file.settings.httpPollDelayMs,
    defaultVersion: file.settings.defaultVersion ?? undefined,
    refuse: () => undefined,
    observer,
  })
  const recorded = events.find((event) => event.EventType === EventType.executionCompleted)
  if (outcome !== undefined) observer.forgetCancelledTimers()
  // Of code that broke, nothing is known of what it did.
  const actionDifference = answer.broken === undefined ? observer.difference : undefined
  return {
    episodes: episodeOf(events, events.length),
    actions: events.filter((event) => kinds.has(event.EventType)).length,
    difference:
      actionDifference ??
      endDifference(events, { ends: { recorded, now: outcome }, decision: decisions[0] }, isStrict),
  }
}

class Observer implements ReplayObserver {
  readonly #events: readonly HistoryEvent[]
  readonly #isStrict: boolean
  /** Rewinding takes decisions back, and they are made again later. */
  readonly #isRewound: boolean
  /** What the code does in an episode that the history has closed without it. */
  readonly #added = new Map<number, { readonly eventCount: number; readonly now: Decision }>()
  #first: Difference | undefined
  #nextIndex = 0
  #actions = 0
  #hasEnded = false

  constructor(events: readonly HistoryEvent[], isStrict: boolean) {
    this.#events = events
    this.#isStrict = isStrict
    this.#isRewound = events.some((event) => event.EventType === EventType.generic)
  }

  /**
   * The code has ended, so that no timer was left but cancelled ones. The last episode puts none of them down; and where the code had waited for a
   * task that had lost a race, the actions alone make them look earlier.
   */
  forgetCancelledTimers(): void {
    for (const [id, { now }] of this.#added) if (now.kind === 'timer') this.#added.delete(id)
  }

  get difference(): Difference | undefined {
    const [added] = this.#added.values()
    // What was added has moved the ids of whatever comes after it.
    if (added !== undefined && (this.#first === undefined || !this.#isRewound))
      return { ...added, episode: episodeOf(this.#events, added.eventCount) }
    return this.#first
  }

  meets(event: HistoryEvent, now: Decision | undefined): void {
    const index = this.#find(event)
    const kind = kinds.get(event.EventType)
    this.#actions += 1
    if (this.#first !== undefined || kind === undefined) return
    const isOther = disagreement(kind, event, now) !== undefined
    const value = isOther || now === undefined ? undefined : differingValue(event, now, this.#isStrict)
    if (!isOther && value === undefined) {
      this.#added.delete(event.EventId)
      return
    }
    this.#first = {
      eventCount: index,
      episode: episodeOf(this.#events, index),
      recorded: { number: this.#actions, event },
      ...(now && { now }),
      ...(value !== undefined && { value }),
    }
  }

  episodeEnds(event: HistoryEvent, undecided: readonly Decision[]): void {
    const eventCount = this.#find(event)
    const before = this.#events.slice(Math.max(0, eventCount - 1), eventCount)
    this.#hasEnded ||= before.some(({ EventType: type }) => type === EventType.executionCompleted)
    // A generation that continues another one begins with an episode in which no code ran.
    const hasRun = before[0]?.EventType !== EventType.executionStarted
    if (this.#hasEnded || !hasRun) return
    for (const now of undecided) if (!this.#added.has(now.id)) this.#added.set(now.id, { eventCount, now })
  }

  // Events are heard in their order, but for those that come while an instance is suspended.
  #find(event: HistoryEvent): number {
    const index = this.#events.indexOf(event, this.#nextIndex)
    if (index < 0) return this.#events.indexOf(event)
    this.#nextIndex = index
    return index
  }
}

/** The number of the episode that ends with or after so many events. */
function episodeOf(events: readonly HistoryEvent[], eventCount: number): number {
  const begun = events.slice(0, eventCount)
  return Math.max(1, begun.filter((event) => event.EventType === EventType.orchestratorStarted).length)
}

function endDifference(
  events: readonly HistoryEvent[],
  {
    ends,
    decision,
  }: { readonly ends: NonNullable<Difference['ends']>; readonly decision: Decision | undefined },
  isStrict: boolean,
): Difference | undefined {
  const { recorded, now } = ends
  if (isByHost(recorded?.Result ?? '')) return undefined
  const status = now && statusOf[now.kind]
  const at = { eventCount: events.length, episode: episodeOf(events, events.length) }
  if (recorded?.OrchestrationStatus !== status)
    return { ...at, ends, ...(now === undefined && decision && { now: decision }) }
  if (!isStrict || now?.kind !== 'completed' || (recorded?.Result ?? null) === now.output) return undefined
  return { ...at, ends, value: `the output ${recorded?.Result ?? null}, today's is ${now.output}` }
}

const hostFailures = [
  /^Non-Deterministic workflow detected/,
  /failed: The UTF-16 size of /,
  /failed: The function '.*' doesn't exist, is disabled, or is not an /,
]

/** Whether a host has ended an instance, and not its code. */
function isByHost(failure: string): boolean {
  return hostFailures.some((pattern) => pattern.test(failure))
}

const statusOf: Readonly<Record<Outcome['kind'], string>> = {
  completed: 'Completed',
  failed: 'Failed',
  terminated: 'Terminated',
  continuedAsNew: 'ContinuedAsNew',
}
