import { nearNames } from '../near-names.ts'
import { ActionType } from '../durable/action.ts'
import { HostError } from '../errors.ts'
import type { HistoryFile } from '../durable/history-file.ts'
import type { OrchestratorAnswer } from '../durable/orchestrator-answer.ts'
import { ActionTrace } from './action-trace.ts'
import { compareHistory, type Difference, replayableEvents } from './compare-history.ts'
import type { Standing } from './describe-difference.ts'
import { describeDifference } from './describe-difference.ts'
import type { NonDeterminism } from './non-determinism-error.ts'
import { type Orchestrators, runOrchestrator } from './run-orchestrator.ts'

/** What of a history was replayed. */
export interface ReplaySummary {
  readonly orchestratorName: string
  readonly instanceId: string
  /** The runtime status at the export. */
  readonly status: string
  /** Of the generation that the history holds. */
  readonly episodes: number
  /** Activities, sub-orchestrations, timers and messages to entities. */
  readonly actions: number
}

/** What came of a replay: plain data. */
export type ReplayResult = { readonly summary: ReplaySummary } | { readonly difference: NonDeterminism }

/** How close a replay looks. */
export interface ReplayLook {
  /** Whether values that a history holds must be the same too. */
  readonly isStrict: boolean
}

/** Replays one history against the code of its orchestrator. @throws HostError where there is no such orchestrator */
export async function replayFile(
  file: HistoryFile,
  orchestrators: Orchestrators,
  look: ReplayLook,
): Promise<ReplayResult> {
  const name = findName(file, orchestrators.names)
  const events = replayableEvents(file)
  const answer = await runOrchestrator(orchestrators, name, { file, events })
  const { difference, episodes, actions } = compareHistory(file, answer, look)
  if (difference !== undefined)
    return { difference: await explain(file, difference, { orchestrators, name }) }
  const { orchestratorName, instanceId, status } = file
  return { summary: { orchestratorName, instanceId, status, episodes, actions } }
}

/** Runs the code again as far as both agree, and looks where it stands then. */
async function explain(
  file: HistoryFile,
  difference: Difference,
  { orchestrators, name }: { readonly orchestrators: Orchestrators; readonly name: string },
): Promise<NonDeterminism> {
  const trace = new ActionTrace()
  using _library = trace.watchLibrary(orchestrators.directory)
  const events = replayableEvents(file).slice(0, difference.eventCount)
  const answer = await runOrchestrator(orchestrators, name, { file, events, trace })
  return describeDifference(file, difference, {
    standing: standingOf(answer, trace),
    decisionPlace: difference.now && trace.placeOf(difference.now.id),
    folder: orchestrators.directory,
  })
}

function standingOf(answer: OrchestratorAnswer, trace: ActionTrace): Standing {
  const thrown = answer.broken ?? answer.error
  if (thrown !== undefined)
    return { kind: 'threw', text: thrown, place: trace.thrownPlace ?? trace.lastPlace }
  if (answer.isDone) {
    const isContinued = answer.actions.some(isContinueAsNew)
    return { kind: isContinued ? 'continuedAsNew' : 'returned', place: trace.lastPlace }
  }
  return { kind: 'waits', for: trace.awaited?.action, place: trace.awaited?.place ?? trace.lastPlace }
}

function isContinueAsNew({ actionType }: OrchestratorAnswer['actions'][number]): boolean {
  return actionType === ActionType.continueAsNew
}

function findName(file: HistoryFile, names: readonly string[]): string {
  const wanted = file.orchestratorName
  const found = names.find((name) => name.toLowerCase() === wanted.toLowerCase())
  if (found !== undefined) return found
  const near = nearNames(wanted, names)
  const hint =
    near.length > 0
      ? `Did you mean ${near.join(', ')}?`
      : names.length > 0
        ? `It has ${names.join(', ')}.`
        : 'It has none.'
  throw new HostError(
    `The history of instance ${file.instanceId} is one of the orchestrator "${wanted}", which the app does not have: instances that run would wait for ever. ${hint}`,
  )
}
