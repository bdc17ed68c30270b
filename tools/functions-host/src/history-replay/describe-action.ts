import { type Action, ActionType, builtInHttp } from '../durable/action.ts'
import type { Decision } from '../durable/decision.ts'
import { EventType, type HistoryEvent } from '../durable/history-event.ts'
import { readSent } from './differing-value.ts'

/** What a history has, as a noun. */
export function describeRecorded(event: HistoryEvent): string {
  const { Name: name = '', InstanceId: target = '' } = event
  switch (event.EventType) {
    case EventType.taskScheduled:
      return name === builtInHttp ? 'an HTTP request' : `the activity ${quote(name)}`
    case EventType.subOrchestrationCreated:
      return `the sub-orchestration ${quote(name)}`
    case EventType.timerCreated:
      return `a timer for ${event.FireAt ?? 'no time'}`
    default:
      return describeMessage({ ...readSent(event), target })
  }
}

/** What the code has decided, as a noun. */
export function describeDecision(decision: Decision): string {
  switch (decision.kind) {
    case 'activity':
      return decision.name === builtInHttp ? 'an HTTP request' : `the activity ${quote(decision.name)}`
    case 'subOrchestration':
      return `the sub-orchestration ${quote(decision.name)}`
    case 'timer':
      return `a timer for ${decision.fireAt}`
    case 'entity': {
      const { target, message } = decision
      const operation = 'operation' in message ? message.operation : ''
      return describeMessage({ kind: message.kind, operation, target })
    }
  }
}

/** What the code waits for, as a noun. */
export function describeAwaited(action: Action): string {
  const name = quote(action.functionName ?? '')
  switch (action.actionType) {
    case ActionType.callActivity:
    case ActionType.callActivityWithRetry:
      return `the activity ${name}`
    case ActionType.callSubOrchestrator:
    case ActionType.callSubOrchestratorWithRetry:
      return `the sub-orchestration ${name}`
    case ActionType.createTimer:
      return 'a timer'
    case ActionType.waitForExternalEvent:
      return `the event ${quote(action.externalEventName ?? '')}`
    case ActionType.callEntity:
      return `the operation ${quote(action.operation ?? '')} of the entity ${action.instanceId ?? ''}`
    case ActionType.callHttp:
      return 'an HTTP request'
    case ActionType.lockEntities:
      return 'a lock of entities'
    case ActionType.whenAll:
      return `all of ${listAwaited(action)}`
    case ActionType.whenAny:
      return `any of ${listAwaited(action)}`
    default:
      return `an action of type ${action.actionType}`
  }
}

/** More of them would only hide the rest of the message. */
const mostListed = 3

function listAwaited({ compoundActions = [] }: Action): string {
  const listed = compoundActions.slice(0, mostListed).map((action) => describeAwaited(action))
  const more = compoundActions.length - listed.length
  return [...listed, ...(more > 0 ? [`${more} more`] : [])].join(', ')
}

function describeMessage(sent: {
  readonly kind: 'call' | 'signal' | 'lock' | 'release'
  readonly operation: string
  readonly target: string
}): string {
  const { kind, operation, target } = sent
  if (kind === 'call') return `the operation ${quote(operation)} of the entity ${target}`
  if (kind === 'signal') return `the signal ${quote(operation)} to the entity ${target}`
  return kind === 'lock' ? `a lock of the entity ${target}` : `the release of the entity ${target}`
}

function quote(text: string): string {
  return JSON.stringify(text)
}
