import { createRequire } from 'node:module'

import type { OrchestrationContext } from 'durable-functions'
import * as df from 'durable-functions'

/** One event of a recorded history; numbers of DTFx. */
export interface RecordedEvent {
  readonly EventType: number
  readonly Name?: string
  readonly Input?: string | null
  readonly FireAt?: string
  readonly OrchestrationStatus?: string
}

/** One instance of an orchestration, as a host had it on disk. */
export interface Recording {
  readonly name: string
  readonly instanceId: string
  readonly history: readonly RecordedEvent[]
}

/** The code of an orchestration. */
export type Orchestration = (context: OrchestrationContext) => Generator<df.Task, unknown, unknown>

/** What the code asked for in one episode, and what the history says it once asked for. */
export interface Episode {
  readonly recorded: readonly string[]
  readonly replayed: readonly string[]
}

interface Answer {
  readonly isDone: boolean
  readonly actions: readonly (readonly { actionType: number; functionName?: string; fireAt?: string }[])[]
}

const eventTypes = {
  started: 0,
  completed: 1,
  taskScheduled: 4,
  timerCreated: 10,
  episodeStarts: 12,
  episodeEnds: 13,
}
const actionTypes = { callActivity: 0, continueAsNew: 4, createTimer: 5, wait: 6 }

const { createOrchestrator } = createRequire(import.meta.url)(
  'durable-functions/lib/src/util/testingUtils.js',
) as {
  createOrchestrator: (code: Orchestration) => (trigger: object, context: object) => Promise<Answer>
}

/** Replays a recording, episode by episode, through the SDK's own orchestrator: what its code asks for then and now. */
export async function replayRecording(
  recording: Recording,
  code: Orchestration,
): Promise<readonly Episode[]> {
  const { history, instanceId } = recording
  const input = JSON.parse(
    history.find(({ EventType }) => EventType === eventTypes.started)?.Input ?? 'null',
  ) as unknown
  const episodes: Episode[] = []
  for (const [end, event] of history.entries()) {
    if (event.EventType !== eventTypes.episodeEnds) continue
    const before = history.slice(0, end)
    // A generation that continues another one begins with an episode in which no code ran.
    if (before.at(-1)?.EventType === eventTypes.started) continue
    // What the code decided in this episode is not known to it yet.
    const begin = before.findLastIndex(({ EventType }) => EventType === eventTypes.episodeStarts)
    const known = before.filter((past, index) => index < begin || toDecision(past) === undefined)
    const trigger = {
      history: structuredClone(known),
      input,
      instanceId,
      isReplaying: begin > 0,
      parentInstanceId: null,
      upperSchemaVersion: 1,
      upperSchemaVersionNew: 2,
      longRunningTimerIntervalDuration: '3.00:00:00',
      maximumShortTimerDuration: '6.00:00:00',
      defaultHttpAsyncRequestSleepTimeMillseconds: 30_000,
    }
    const answer = await createOrchestrator(code)(trigger, new df.DummyOrchestrationContext())
    episodes.push({
      recorded: before.flatMap((past) => toDecision(past) ?? []),
      replayed: [
        ...answer.actions.flat().flatMap((action) => toText(action)),
        ...(answer.isDone ? ['ends'] : []),
      ],
    })
  }
  return episodes
}

function toDecision(event: RecordedEvent): string | undefined {
  switch (event.EventType) {
    case eventTypes.taskScheduled:
      return `calls ${event.Name}`
    case eventTypes.timerCreated:
      return `waits until ${new Date(event.FireAt ?? '').toISOString()}`
    case eventTypes.completed:
      return 'ends'
    default:
      return undefined
  }
}

function toText(action: { actionType: number; functionName?: string; fireAt?: string }): string[] {
  switch (action.actionType) {
    case actionTypes.callActivity:
      return [`calls ${action.functionName}`]
    case actionTypes.createTimer:
      return [`waits until ${new Date(action.fireAt ?? '').toISOString()}`]
    // A history has what came, not what was waited for.
    case actionTypes.wait:
      return []
    case actionTypes.continueAsNew:
      return ['continues as new']
    default:
      return [`action ${action.actionType}`]
  }
}
