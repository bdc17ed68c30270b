import type { InvocationContext } from '@azure/functions'
import { ZoetropeError, toZoetropeError } from '@zoetrope/contracts'

/** One structured line per outcome. Ids and codes; never content, never a secret. */
export interface OutcomeLine {
  readonly outcome: 'ok' | 'refused' | 'failed'
  readonly durationMs: number
  readonly traceId: string
  readonly tenantId?: string
  readonly status?: number
  readonly code?: string
  readonly [field: string]: unknown
}

/** Writes the outcome of one invocation: what the caller did wrong as information, what went wrong on our side as an error with its cause. */
export function logOutcome(context: InvocationContext, line: OutcomeLine, thrown?: unknown): void {
  const text = JSON.stringify({ function: context.functionName, ...line })
  if (line.outcome !== 'failed') return context.debug(text)
  const error = toZoetropeError(thrown)
  const cause = thrown instanceof ZoetropeError ? error.cause : thrown
  context.error(text, cause instanceof Error ? (cause.stack ?? cause.message) : error.message)
}

/** The trace this invocation belongs to: the trace id of `traceparent`, else the invocation's own id. */
export function traceIdOf(context: InvocationContext): string {
  return context.traceContext?.traceParent?.split('-')[1] ?? context.invocationId
}
