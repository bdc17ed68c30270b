import type { HttpRequest } from './action.ts'
import type { Failure } from './history-event.ts'
import { exchangeHttp } from './http-exchange.ts'

const noAbsoluteUri =
  'An invalid request URI was provided. Either the request URI must be an absolute URI or BaseAddress must be set.'

/** Runs the activity behind callHttp. */
export async function callHttp(
  input: string | null,
): Promise<{ result: string; setsCookies: boolean } | { failure: Failure }> {
  const request = JSON.parse(input ?? 'null') as HttpRequest | null
  if (request === null || !URL.canParse(request.uri))
    return unhandled('System.InvalidOperationException', noAbsoluteUri)
  const url = new URL(request.uri)
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    return unhandled(
      'System.NotSupportedException',
      `The '${url.protocol.slice(0, -1)}' scheme is not supported.`,
    )
  }
  if (request.tokenSource !== undefined && request.tokenSource !== null) {
    const text = 'callHttp with a tokenSource: there is no managed identity in this host.'
    return unhandled('System.NotImplementedException', text)
  }
  const body = request.content ?? undefined
  const headers = { ...request.headers }
  const hasType = Object.keys(headers).some((name) => name.toLowerCase() === 'content-type')
  if (body !== undefined && !hasType) headers['Content-Type'] = 'text/plain'
  try {
    const answer = await exchangeHttp({ method: request.method.toUpperCase(), url, headers, body })
    const setsCookies = Object.keys(answer.headers).some((name) => name.toLowerCase() === 'set-cookie')
    return { result: JSON.stringify(answer), setsCookies }
  } catch (error) {
    return broken(error, url)
  }
}

// Failures before anything was sent come to the orchestrator as TaskFailedError (recorded).
function unhandled(type: string, text: string): { failure: Failure } {
  const details = `Unhandled exception while executing task: ${type}: ${text}\n   at callHttp`
  const failureDetails = {
    ErrorType: type,
    ErrorMessage: text,
    StackTrace: '   at callHttp',
    InnerFailure: null,
    IsNonRetriable: false,
  }
  return { failure: { reason: text, details, failureDetails } }
}

const socketErrors: Record<string, { text: string; kind: number; number: number }> = {
  ECONNREFUSED: { text: 'Connection refused', kind: 2, number: 111 },
  ENOTFOUND: { text: 'Name or service not known', kind: 1, number: -131073 },
  EAI_AGAIN: { text: 'Name or service not known', kind: 1, number: -131073 },
}

function broken(error: unknown, url: URL): { failure: Failure } {
  const code = (error as { code?: string }).code ?? ''
  const known = socketErrors[code] ?? {
    text: error instanceof Error ? error.message : String(error),
    kind: 0,
    number: 0,
  }
  const where = `${url.hostname}:${url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : url.port}`
  const reason = `${known.text} (${where})`
  const inner = {
    $type: 'System.Net.Sockets.SocketException, System.Net.Primitives',
    ClassName: 'System.Net.Sockets.SocketException',
    Message: known.text,
    Data: null,
    InnerException: null,
    HelpURL: null,
    StackTraceString: '   at callHttp',
    RemoteStackTraceString: null,
    RemoteStackIndex: 0,
    ExceptionMethod: null,
    HResult: -2147467259,
    Source: 'System.Net.Sockets',
    WatsonBuckets: null,
    NativeErrorCode: known.number,
  }
  const details = {
    $type: 'System.Net.Http.HttpRequestException, System.Net.Http',
    HttpRequestError: known.kind,
    StatusCode: null,
    Message: reason,
    Data: { $type: 'System.Collections.ListDictionaryInternal, System.Private.CoreLib' },
    InnerException: inner,
    HelpLink: null,
    Source: 'System.Net.Http',
    HResult: -2147467259,
    StackTrace: '   at callHttp',
  }
  return { failure: { reason, details: JSON.stringify(details) } }
}
