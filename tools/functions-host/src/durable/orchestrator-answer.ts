import { toJsonText, type Action } from './action.ts'
import type { FailureDetails } from './history-event.ts'

/** What the orchestrator's code answered in one episode. */
export interface OrchestratorAnswer {
  isDone: boolean
  actions: Action[]
  output: string | null
  customStatus: string | null
  /** The text of what its code threw. */
  error?: string
  /** It threw, and the protocol does not say what. */
  isSilent?: boolean
  failureDetails?: FailureDetails
  /** A failure outside the protocol: nothing is known of what the code had scheduled. */
  broken?: string
}

/** How the worker ended an invocation. */
export type Invocation = { ok: true; value: unknown } | { ok: false; message: string; stack?: string }

const label = '\n\n$OutOfProcData$:'
const silent =
  'it threw something that is no Error, or an Error without a message: durable-functions does not say what (in Azure this instance would stay Running for ever)'

/** Reads an invocation's end; a failure is not a return value but an Error whose message carries the state after a label. */
export function readOrchestratorAnswer(invocation: Invocation): OrchestratorAnswer {
  if (invocation.ok)
    return (
      fromState(invocation.value, false) ?? broken('it answered with something that is no orchestrator state')
    )
  const at = invocation.message.indexOf(label)
  const state = at < 0 ? undefined : parse(invocation.message.slice(at + label.length))
  if (state !== undefined) return fromState(state, true) ?? broken(invocation.message)
  const stack = invocation.stack ?? ''
  return broken(
    `One or more errors occurred. (Result: Failure\nException: ${invocation.message}\nStack: ${stack})`,
  )
}

/** What an orchestrator threw. Its failure may say nothing, or `false`, and carry the error in the state behind the message; other messages stay as they are. */
export function toThrownText(message: string): string {
  const at = message.indexOf(label)
  if (at < 0) return message
  const state = parse(message.slice(at + label.length))
  const error = isRecord(state) ? state['error'] : undefined
  return typeof error === 'string' ? error : message.slice(0, at)
}

function fromState(value: unknown, threw: boolean): OrchestratorAnswer | undefined {
  const state = typeof value === 'string' ? parse(value) : value
  if (!isRecord(state) || !Array.isArray(state['actions'])) return undefined
  const text = (field: string): string | null => toJsonText(state[field])
  const error = typeof state['error'] === 'string' ? state['error'] : threw ? silent : undefined
  return {
    isDone: state['isDone'] === true,
    actions: state['actions'].flat() as Action[],
    output: text('output'),
    customStatus: text('customStatus'),
    ...(error !== undefined && { error }),
    ...(error === silent && { isSilent: true }),
    ...(isRecord(state['failureDetails']) && {
      failureDetails: state['failureDetails'] as unknown as FailureDetails,
    }),
  }
}

/** The answer in place of code that could not be asked. */
export function broken(text: string): OrchestratorAnswer {
  return { isDone: false, actions: [], output: null, customStatus: null, broken: text }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
