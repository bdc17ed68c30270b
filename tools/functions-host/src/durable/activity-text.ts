import { writeValue } from './newtonsoft-text.ts'
import type { Failure, FailureDetails } from './history-event.ts'

/** The text an activity's trigger gets: a JSON scalar string raw, a boolean in .NET's spelling (recorded), everything else as JSON. */
export function activityInput(input: unknown): string | null {
  if (input === undefined || input === null) return null
  if (typeof input === 'string') return input
  if (typeof input === 'boolean') return input ? 'True' : 'False'
  return writeValue(input) ?? null
}

/** An activity's return value as the JSON text of TaskCompleted. */
export function activityResult(value: unknown): string | null {
  if (value === undefined || value === null) return null
  if (typeof value === 'number' && !Number.isFinite(value)) return JSON.stringify(String(value))
  if (ArrayBuffer.isView(value)) {
    return JSON.stringify(Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64'))
  }
  return writeValue(value) ?? null
}

/** An activity's failure in the fields of TaskFailed; `Details` is what .NET makes of the exception (recorded). */
export function activityFailure(name: string, message: string, stack?: string): Failure {
  const structured = exceptionDetails(message)
  const text = structured?.ErrorMessage ?? message
  // What was thrown need not be an Error with a stack.
  const trace = stack || `Error: ${text}\n    at ${name}`
  const inner = {
    $type: 'Microsoft.Azure.WebJobs.Script.Workers.Rpc.RpcException, Microsoft.Azure.WebJobs.Script',
    IsUserException: false,
    RemoteStackTrace: trace,
    RemoteMessage: text,
    RemoteTypeName: null,
    Message: `Result: Failure\nException: ${text}\nStack: ${trace}`,
    Data: { $type: 'System.Collections.ListDictionaryInternal, System.Private.CoreLib' },
    InnerException: null,
    HelpLink: null,
    Source: 'System.Private.CoreLib',
    HResult: -2146233088,
    StackTrace: `   at ${name}`,
  }
  const exception = {
    $type: 'System.Exception, System.Private.CoreLib',
    ClassName: 'System.Exception',
    Message: ` ${text}`,
    Data: null,
    InnerException: inner,
    HelpURL: null,
    StackTraceString: null,
    RemoteStackTraceString: null,
    RemoteStackIndex: 0,
    ExceptionMethod: null,
    HResult: -2146233088,
    Source: null,
    WatsonBuckets: null,
  }
  const failure: Failure = {
    reason: `Activity function '${name}' failed:  ${text}`,
    details: JSON.stringify(exception),
  }
  return structured === undefined ? failure : { ...failure, failureDetails: structured }
}

// Apps with an exception-properties provider throw an Error whose message is this JSON; the provider's output tells it from a message that only looks like it.
function exceptionDetails(message: string): FailureDetails | undefined {
  if (!message.startsWith('{"errorType":')) return undefined
  try {
    const given = JSON.parse(message) as Record<string, unknown>
    if (typeof given['properties'] !== 'object' || typeof given['errorMessage'] !== 'string') return undefined
    return {
      ErrorType: String(given['errorType']),
      ErrorMessage: given['errorMessage'],
      StackTrace: typeof given['stackTrace'] === 'string' ? given['stackTrace'] : null,
      InnerFailure: null,
      IsNonRetriable: given['isNonRetriable'] === true,
      Properties: given['properties'],
    }
  } catch {
    return undefined
  }
}
