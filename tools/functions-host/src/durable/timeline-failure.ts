import type { HistoryEvent } from './history-event.ts'

/** What a failure event says: its reason without the name of the function, which the row has, and the stack of the code. */
export function failureOf(event: HistoryEvent): { failure: string; stack?: string } {
  const reason = event.FailureDetails?.ErrorMessage ?? event.Reason ?? 'failed'
  const failure = reason.replace(/^(?:Activity|Orchestrator) function '[^']*' failed: +/, '')
  const stack = event.FailureDetails?.StackTrace ?? remoteStack(event.Details)
  return { failure, ...(stack ? { stack } : {}) }
}

/** The stack inside the exception as .NET writes it. */
function remoteStack(details: string | null | undefined): string | undefined {
  if (!details?.startsWith('{')) return undefined
  try {
    const { InnerException } = JSON.parse(details) as { InnerException?: { RemoteStackTrace?: unknown } }
    const stack = InnerException?.RemoteStackTrace
    return typeof stack === 'string' ? stack : undefined
  } catch {
    return undefined
  }
}
