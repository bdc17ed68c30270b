import type { Decision } from '../durable/decision.ts'
import type { HistoryEvent } from '../durable/history-event.ts'

/**
 * What differs in an action of the same kind and name. Always: the id of a sub-orchestration that the code chooses, the target and the
 * operation of an entity. Strict: the date of a timer, the input of an entity. Other inputs are not in a history.
 */
export function differingValue(event: HistoryEvent, now: Decision, isStrict: boolean): string | undefined {
  switch (now.kind) {
    case 'activity':
      return undefined
    case 'subOrchestration':
      return differ('id', event.InstanceId, now.instanceId ?? event.InstanceId)
    case 'timer':
      return isStrict ? differ('date', toDate(event.FireAt), toDate(now.fireAt)) : undefined
    case 'entity':
      return differingMessage(event, now, isStrict)
  }
}

function differingMessage(
  event: HistoryEvent,
  { target, message }: Extract<Decision, { kind: 'entity' }>,
  isStrict: boolean,
): string | undefined {
  const sent = readSent(event)
  const isOperation = message.kind === 'call' || message.kind === 'signal'
  return (
    differ('target', event.InstanceId, target) ??
    differ('message', sent.kind, message.kind) ??
    (isOperation ? differ('operation', sent.operation, message.operation) : undefined) ??
    (isOperation && isStrict ? differ('input', sent.input, message.input ?? undefined) : undefined)
  )
}

/** What an event says that was sent to an entity. */
export function readSent(event: HistoryEvent): {
  readonly kind: 'call' | 'signal' | 'lock' | 'release'
  readonly operation: string
  readonly input: string | undefined
} {
  const sent = JSON.parse(event.Input ?? '{}') as {
    op?: string
    signal?: boolean
    lockset?: unknown
    input?: string
  }
  const kind = sent.op === undefined ? (sent.lockset ? 'lock' : 'release') : sent.signal ? 'signal' : 'call'
  return { kind, operation: sent.op ?? '', input: sent.input }
}

function differ(what: string, recorded: string | undefined, now: string | undefined): string | undefined {
  return recorded === now ? undefined : `the ${what} ${show(recorded)}, today's is ${show(now)}`
}

function show(text: string | undefined): string {
  return text === undefined ? 'of none' : JSON.stringify(text)
}

/** History may have more digits than code can set. */
function toDate(text: string | undefined): string | undefined {
  const ms = Date.parse(text ?? '')
  return Number.isNaN(ms) ? text : new Date(ms).toISOString()
}
