import type { HttpRequest } from './action.ts'
import type { Failure } from './history-event.ts'

const agent = 'Microsoft.Azure.WebJobs.Extensions.DurableTask/3.0.0'
const hidden = new Set([
  'content-type',
  'content-length',
  'content-encoding',
  'content-language',
  'content-disposition',
])
const timeoutMs = 100_000

/** Sends the request of a callHttp. Every call stands alone: the real extension shares one cookie jar among all instances. */
export async function callHttp(input: string | null): Promise<{ result: string } | { failure: Failure }> {
  const request = JSON.parse(input ?? 'null') as HttpRequest | null
  if (request === null) return { failure: { reason: 'callHttp without a request', details: '' } }
  if (request.tokenSource !== undefined && request.tokenSource !== null) {
    return failed(
      'NotImplemented: callHttp with a tokenSource (a managed identity is not there in this host).',
    )
  }
  const headers = new Headers({ 'user-agent': agent, ...request.headers })
  const hasBody = request.content !== undefined && request.content !== null
  if (hasBody && !headers.has('content-type')) headers.set('content-type', 'text/plain; charset=utf-8')
  try {
    const response = await fetch(request.uri, {
      method: request.method.toUpperCase(),
      headers,
      signal: AbortSignal.timeout(timeoutMs),
      ...(hasBody && { body: request.content ?? '' }),
    })
    const answered = [...response.headers].filter(([name]) => !hidden.has(name))
    const result = {
      statusCode: response.status,
      headers: Object.fromEntries(answered),
      content: await response.text(),
    }
    return { result: JSON.stringify(result) }
  } catch (error) {
    return failed(reasonOf(error, request.uri))
  }
}

function failed(reason: string): { failure: Failure } {
  return { failure: { reason, details: reason } }
}

function reasonOf(error: unknown, uri: string): string {
  const cause =
    error instanceof Error ? (error.cause as { code?: string; message?: string } | undefined) : undefined
  const where = URL.canParse(uri) ? new URL(uri).host : uri
  if (cause?.code === 'ECONNREFUSED') return `Connection refused (${where})`
  return `${cause?.message ?? String(error)} (${where})`
}
