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

/** Bodies of which a copy costs less than a write of their own, bytes. */
const shortBodyBytes = 16 * 1024

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
  const { headers = {}, cookies = [] } = http
  const body = toContent(http.body)
  const bodyBytes = Buffer.byteLength(body)
  const status = Number(http.statusCode ?? 200)
  const lines: (string | number)[] = []
  let hasLength = response.hasHeader('content-length')
  for (const name in headers) {
    const value = headers[name] ?? ''
    if (!isHeaderText(value)) {
      // Those before it are part of the error's answer, as with the real host.
      for (let index = 0; index < lines.length; index += 2)
        response.setHeader(String(lines[index]), String(lines[index + 1]))
      throw new HostError(`The header "${name}" of the answer is not ASCII.`)
    }
    if (name.toLowerCase() === 'content-length') {
      hasLength = true
      if (Number(value) !== bodyBytes)
        throw new HostError(
          `The content-length of the answer is ${value}, but its body has ${bodyBytes} bytes.`,
        )
    }
    lines.push(name, value)
  }
  for (const cookie of cookies) lines.push('set-cookie', toCookieText(cookie))
  const hasBody = status !== 204 && status !== 304 && status >= 200
  // The real host tells no length to HEAD, unless the function does.
  if (hasBody && !isHead && !hasLength) lines.push('content-length', bodyBytes)
  response.writeHead(status, lines)
  if (isHead || !hasBody) response.end()
  // A short text leaves in one piece with the headers; bytes would be a piece of their own.
  else if (typeof body === 'string') response.end(body)
  else if (bodyBytes <= shortBodyBytes) response.end(body.toString('latin1'), 'latin1')
  else response.end(body)
}

function toContent(body: TypedData | null | undefined): string | Buffer {
  if (!body) return ''
  const { bytes } = body
  if (bytes) return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return body.string ?? body.json ?? (body.int ?? body.double ?? '').toString()
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
