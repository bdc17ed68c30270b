import type { HistoryEvent } from '../durable/history-event.ts'
import { EventType } from '../durable/history-event.ts'
import type { HistoryFile } from '../durable/history-file.ts'
import type { Invocation, OrchestratorAnswer } from '../durable/orchestrator-answer.ts'
import { readOrchestratorAnswer } from '../durable/orchestrator-answer.ts'
import { asksForV4, orchestratorTrigger, schemaV3, schemaV4 } from '../durable/orchestrator-trigger.ts'
import type { ActionTrace } from './action-trace.ts'

/** Orchestrators whose code can be run. */
export interface Orchestrators {
  readonly names: readonly string[]
  /** What paths of files are shown from, and where durable-functions is looked for. */
  readonly directory: string
  /** Calls an orchestrator through the SDK with the text of its trigger. Never throws: a failure is an answer. */
  call(name: string, trigger: string, trace?: ActionTrace): Promise<Invocation>
}

/** Runs an orchestrator's code over events of a history, once: its answer to all of them. */
export async function runOrchestrator(
  orchestrators: Orchestrators,
  name: string,
  run: { readonly file: HistoryFile; readonly events: readonly HistoryEvent[]; readonly trace?: ActionTrace },
): Promise<OrchestratorAnswer> {
  const call = (schema: number): Promise<Invocation> =>
    orchestrators.call(name, triggerOf(run.file, run.events, schema), run.trace)
  const first = await call(schemaV3)
  return readOrchestratorAnswer(!first.ok && asksForV4(first.message) ? await call(schemaV4) : first)
}

function triggerOf(file: HistoryFile, events: readonly HistoryEvent[], schema: number): string {
  const started = events.find((event) => event.EventType === EventType.executionStarted)
  const episodes = events.filter((event) => event.EventType === EventType.orchestratorStarted)
  const last = events.findLastIndex((event) => event.EventType === EventType.orchestratorStarted)
  return orchestratorTrigger(
    // What an episode hears is new to it.
    events.map((event, index) => JSON.stringify(index < last ? event : { ...event, IsPlayed: false })),
    {
      instanceId: file.instanceId,
      input: started?.Input ?? null,
      parentInstanceId: started?.ParentInstance?.OrchestrationInstance.InstanceId ?? null,
      isReplaying: episodes.length > 1,
      schema,
      httpPollDelayMs: file.settings.httpPollDelayMs,
    },
  )
}
