import type { IncomingMessage, ServerResponse } from 'node:http'
import { JsonTextError, readJsonText } from './newtonsoft-json.ts'

/** One request at either door of the management API. */
export interface Exchange {
  request: IncomingMessage
  response: ServerResponse
  /** Path segments after the mount point, decoded; %2F stays as it is. */
  segments: string[]
  query: URLSearchParams
  /** Origin of the links in answers. */
  origin: string
  /** The door for the app's own SDK: loopback only, no keys. */
  isRpc: boolean
}

/** An answer other than the usual one, thrown from wherever it is found out. */
export class ApiError extends Error {
  readonly status: number
  readonly body: unknown

  constructor(status: number, body?: unknown) {
    super(`HTTP ${status}`)
    this.status = status
    this.body = body
  }
}

const messages: Record<number, string> = {
  400: 'One or more of the arguments submitted is incorrect',
  412: 'The state of the instance does not allow this',
  500: 'Something went wrong while processing your request',
}

/** An error in the fields of the real extension. */
export function exceptionError(
  status: number,
  type: string,
  text: string,
  message = messages[status] ?? '',
): ApiError {
  return new ApiError(status, {
    Message: message,
    ExceptionMessage: text,
    ExceptionType: type,
    StackTrace: '   at the durable hub',
  })
}

/** Takes the request apart. */
export function readExchange(
  request: IncomingMessage,
  response: ServerResponse,
  at: { path: string; origin: string; isRpc: boolean },
): Exchange {
  const [pathname = ''] = at.path.split('?')
  const segments = pathname
    .replace(/^\/|\/$/g, '')
    .split('/')
    .map(decodeSegment)
  const url = request.url ?? ''
  const mark = url.indexOf('?')
  return {
    request,
    response,
    segments,
    query: new URLSearchParams(mark < 0 ? '' : url.slice(mark + 1)),
    origin: at.origin,
    isRpc: at.isRpc,
  }
}

// The SDK does not encode ids: a lone % stands for itself, as in ASP.NET.
function decodeSegment(segment: string): string {
  const safe = segment.replace(/%2f/gi, '%252F').replace(/%(?![0-9a-f]{2})/gi, '%25')
  try {
    return decodeURIComponent(safe)
  } catch {
    return segment
  }
}

/** All values of a query parameter; names ignore case. */
export function parameters(exchange: Exchange, name: string): string[] {
  return [...exchange.query]
    .filter(([key]) => key.toLowerCase() === name.toLowerCase())
    .map(([, value]) => value)
}

/** A query parameter; names ignore case, a repeated one counts as absent. */
export function parameter(exchange: Exchange, name: string): string | undefined {
  const found = parameters(exchange, name)
  return found.length === 1 ? found[0] : undefined
}

/** A true/false parameter; anything else is the default. */
export function flag(exchange: Exchange, name: string, otherwise: boolean): boolean {
  const value = parameter(exchange, name)?.toLowerCase()
  return value === 'true' || (value === 'false' ? false : otherwise)
}

/** A time parameter; one that is no time counts as absent. */
export function timeMs(exchange: Exchange, name: string): number | undefined {
  const ms = Date.parse(parameter(exchange, name) ?? '')
  return Number.isNaN(ms) ? undefined : ms
}

/** The body as text. */
export async function readBody(exchange: Exchange): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of exchange.request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString('utf8')
}

/** The body as tidy JSON text: that of its first value, where several may follow. */
export function asJson(body: string, { onlyOne = false } = {}): string {
  try {
    const { text, followedAt } = readJsonText(body)
    if (!onlyOne || followedAt === undefined) return text
    const more = `Additional text encountered after finished reading JSON content: ${body[followedAt]}.`
    throw new JsonTextError(`${more} Path '', line 1, position ${followedAt}.`)
  } catch (error) {
    if (!(error instanceof JsonTextError)) throw error
    throw exceptionError(400, 'Newtonsoft.Json.JsonReaderException', error.message, 'Invalid JSON content')
  }
}

/** Answers with JSON. */
export function sendJson(
  exchange: Exchange,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  exchange.response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers })
  exchange.response.end(JSON.stringify(body ?? null))
}

/** Answers without a body. */
export function sendStatus(exchange: Exchange, status: number): void {
  exchange.response.writeHead(status, { 'content-length': '0' })
  exchange.response.end()
}

/** Answers with what was thrown. */
export function sendError(exchange: Exchange, error: unknown): void {
  if (exchange.response.headersSent) {
    exchange.response.destroy()
    return
  }
  if (error instanceof ApiError) {
    if (error.body === undefined) sendStatus(exchange, error.status)
    else sendJson(exchange, error.status, error.body)
    return
  }
  const { body } = exceptionError(
    500,
    'System.Exception',
    error instanceof Error ? error.message : String(error),
  )
  sendJson(exchange, 500, body)
}
