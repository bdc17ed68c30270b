import { EventType, type HistoryEvent, makeEvent } from './history-event.ts'
import type { Message } from './inboxes.ts'
import type { WarmInstance } from './warm-instances.ts'

/** One run of an orchestrator: what was known, and what is new since. */
export interface Episode {
  readonly past: WarmInstance
  readonly messages: readonly Message[]
  /** OrchestratorStarted and the messages. */
  readonly fresh: readonly HistoryEvent[]
  readonly freshText: string
  /** It is the first one of a generation that was continued as new. */
  readonly isContinued: boolean
}

/** Makes an episode of the messages of an instance; undefined where none is for the execution that runs now. `at`: now, ISO 8601. */
export function beginEpisode(
  past: WarmInstance,
  messages: readonly Message[],
  at: string,
): Episode | undefined {
  const news = messages.filter((message) => isFor(message, past))
  if (news.length === 0) return undefined
  const started = makeEvent(at, EventType.orchestratorStarted)
  const fresh = [started, ...news.map(({ event }) => event)]
  const texts = [JSON.stringify(started), ...news.map(({ text }) => text)]
  const isContinued = past.events.length === 0 && past.row.status !== 'Pending'
  if (isContinued) {
    // Recorded: a continued generation begins with an episode that is already complete.
    const completed = makeEvent(at, EventType.orchestratorCompleted)
    fresh.splice(2, 0, completed)
    texts.splice(2, 0, JSON.stringify(completed))
  }
  return { past, messages, fresh, freshText: texts.join(','), isContinued }
}

/** Whether a message is for the execution that runs now. */
export function isFor({ executionId }: Message, { row }: WarmInstance): boolean {
  return executionId === null || executionId === row.execution_id
}

/** Texts of events, with commas between them. */
export function joinTexts(earlier: string, later: string): string {
  return earlier === '' ? later : `${earlier},${later}`
}
