import type { Action } from '../durable/action.ts'
import type { HistoryFile } from '../durable/history-file.ts'
import type { CodePlace } from './code-place.ts'
import { showPlace } from './code-place.ts'
import type { Difference } from './compare-history.ts'
import { describeAwaited, describeDecision, describeRecorded } from './describe-action.ts'
import type { NonDeterminism } from './non-determinism-error.ts'

/** Where today's code stands after the events that it agrees with. */
export type Standing =
  | { readonly kind: 'threw'; readonly text: string; readonly place: CodePlace | undefined }
  | { readonly kind: 'returned'; readonly place: CodePlace | undefined }
  | { readonly kind: 'continuedAsNew'; readonly place: CodePlace | undefined }
  | { readonly kind: 'waits'; readonly for: Action | undefined; readonly place: CodePlace | undefined }

const versioningPage =
  'https://learn.microsoft.com/azure/azure-functions/durable/durable-functions-versioning'

/** Says where a history and today's code part, for people and for programs. `folder`: what paths of files are shown from. */
export function describeDifference(
  file: HistoryFile,
  difference: Difference,
  code: {
    readonly standing: Standing
    readonly decisionPlace: CodePlace | undefined
    readonly folder: string
  },
): NonDeterminism {
  const { recorded, episode } = difference
  const place = difference.now === undefined ? code.standing.place : code.decisionPlace
  const now = describeNow(difference, code.standing)
  const where = place === undefined ? '' : ` (${showPlace(place, code.folder)})`
  const instead = difference.value === undefined ? `, today's code ${now} there` : ''
  const what = `${describeThen(file, difference)}${instead}${where}`
  return {
    message: `${file.orchestratorName} would not replay instance ${file.instanceId}: ${what}. ${remedyFor(difference)}`,
    orchestratorName: file.orchestratorName,
    instanceId: file.instanceId,
    episode,
    ...(recorded && {
      recorded: {
        number: recorded.number,
        id: recorded.event.EventId,
        description: describeRecorded(recorded.event),
        at: recorded.event.Timestamp,
      },
    }),
    now,
    ...(place && { place }),
  }
}

function describeThen(file: HistoryFile, { recorded, ends, episode, value }: Difference): string {
  if (recorded !== undefined) {
    const { number, event } = recorded
    const action = `action ${number} of its history is ${describeRecorded(event)} (id ${event.EventId}, episode ${episode}, ${event.Timestamp})`
    return value === undefined ? action : `${action} with ${value}`
  }
  if (ends === undefined) return `episode ${episode} of its history ends without another action`
  const status = ends.recorded?.OrchestrationStatus
  if (status === undefined) return `its history waits at the end of episode ${episode} (${file.status})`
  const end = `its history ends in episode ${episode} as ${status}`
  const reason = status === 'Failed' ? ` (${shorten(ends.recorded?.Result ?? '')})` : ''
  return value === undefined ? `${end}${reason}` : `${end} with ${value}`
}

function describeNow({ now, ends }: Difference, standing: Standing): string {
  if (now !== undefined) return `asks for ${describeDecision(now)}`
  if (standing.kind === 'threw') return `has thrown "${shorten(standing.text)}"`
  if (standing.kind === 'returned') return ends ? 'returns' : 'has returned'
  if (standing.kind === 'continuedAsNew') return 'continues as new'
  return standing.for === undefined ? 'goes on' : `waits for ${describeAwaited(standing.for)}`
}

function remedyFor({ ends, recorded, value }: Difference): string {
  if (value !== undefined)
    return `Azure would not notice: instances that run would go on with some of both. Version the orchestrator (${versioningPage}), or keep the old value.`
  const fate =
    recorded === undefined || ends !== undefined
      ? 'Instances that run would go another way than they began'
      : 'Instances that run would fail'
  return `${fate}. Version the orchestrator (${versioningPage}), or keep the old order.`
}

const longestText = 200

function shorten(text: string): string {
  const [line = ''] = text.split('\n')
  return line.length > longestText ? `${line.slice(0, longestText)}…` : line
}
