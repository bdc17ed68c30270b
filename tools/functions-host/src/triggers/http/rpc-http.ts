import type { IncomingMessage, ServerResponse } from 'node:http'

import { HostError } from '../../errors.ts'

import type { CookieData, HttpData, TypedData } from '../../worker/protocol.ts'
import { isHeaderText, joinHeaders } from './join-headers.ts'
import { joinQuery } from './join-query.ts'
import type { RouteValues } from './match-route.ts'
import { parseQuery } from './parse-query.ts'
import type { RequestUrl } from './request-url.ts'

/** The library's name or number of a SameSite; its `none` means that nothing was asked for. */
const sameSites: Readonly<Record<string, string>> = {
  lax: 'lax',
  strict: 'strict',
  explicitnone: 'none',
  1: 'lax',
  2: 'strict',
  3: 'none',
}

/** The request as function code gets it, when it does not stream. */
export function toRpcRequest(
  request: IncomingMessage,
  url: RequestUrl,
  values: RouteValues,
  body: Uint8Array,
): TypedData {
  const headers = joinHeaders(request)
  for (const name in headers) {
    // Header bytes are UTF-8 for the real host; Node hands them out one by one.
    const value = headers[name] ?? ''
    if (!isHeaderText(value)) headers[name] = Buffer.from(value, 'latin1').toString()
  }
  const http: HttpData = {
    url: url.href,
    method: request.method ?? 'GET',
    headers,
    query: url.search === '' ? {} : Object.fromEntries(joinQuery(parseQuery(url.search), 'all')),
    params: values,
    ...(body.byteLength > 0 ? { body: { bytes: body } } : {}),
  }
  return { http }
}

/** Writes what a function returned. Nothing returned is 204. */
export function writeRpcResponse(
  response: ServerResponse,
  returned: TypedData | null | undefined,
  isHead: boolean,
): void {
  const http = returned?.http
  if (!http) {
    response.writeHead(204).end()
    return
  }
  const body = toBytes(http.body)
  const status = Number(http.statusCode ?? 200)
  const length = Object.entries(http.headers ?? {}).find(([name]) => /^content-length$/i.test(name))?.[1]
  if (length !== undefined && Number(length) !== body.byteLength)
    throw new HostError(
      `The content-length of the answer is ${length}, but its body has ${body.byteLength} bytes.`,
    )
  for (const [name, value] of Object.entries(http.headers ?? {})) {
    if (!isHeaderText(value)) throw new HostError(`The header "${name}" of the answer is not ASCII.`)
    response.setHeader(name, value)
  }
  for (const cookie of http.cookies ?? []) response.appendHeader('set-cookie', toCookieText(cookie))
  const hasBody = status !== 204 && status !== 304 && status >= 200
  // The real host tells no length to HEAD, unless the function does.
  if (hasBody && !isHead && !response.hasHeader('content-length'))
    response.setHeader('content-length', body.byteLength)
  response.writeHead(status)
  response.end(isHead || !hasBody ? undefined : body)
}

function toBytes(body: TypedData | null | undefined): Buffer {
  if (!body) return Buffer.alloc(0)
  if (body.bytes) return Buffer.from(body.bytes)
  return Buffer.from(body.string ?? body.json ?? (body.int ?? body.double ?? '').toString())
}

function toCookieText(cookie: CookieData): string {
  const sameSite = sameSites[String(cookie.sameSite).toLowerCase()]
  const seconds = cookie.expires?.value?.seconds
  return [
    `${encodeURIComponent(cookie.name)}=${encodeURIComponent(cookie.value)}`,
    seconds === undefined ? '' : `expires=${new Date(seconds * 1000).toUTCString()}`,
    cookie.maxAge?.value === undefined ? '' : `max-age=${cookie.maxAge.value}`,
    cookie.domain?.value ? `domain=${cookie.domain.value}` : '',
    `path=${cookie.path?.value ?? '/'}`,
    cookie.secure?.value ? 'secure' : '',
    sameSite ? `samesite=${sameSite}` : '',
    cookie.httpOnly?.value ? 'httponly' : '',
  ]
    .filter((part) => part !== '')
    .join('; ')
}
