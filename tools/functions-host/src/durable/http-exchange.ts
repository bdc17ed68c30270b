import { request as httpRequest, type IncomingMessage } from 'node:http'
import { request as httpsRequest } from 'node:https'

const agent = 'Microsoft.Azure.WebJobs.Extensions.DurableTask/3.0.0'
const maxRedirects = 50
const timeoutMs = 100_000

/** What is sent for a callHttp. */
export interface OutgoingCall {
  method: string
  url: URL
  headers: Record<string, string>
  body: string | undefined
}

/** What came back; names are spelled as the server sent them, as .NET hands them on. */
export interface HttpAnswer {
  statusCode: number
  headers: Record<string, string | string[]>
  content: string
}

/** Sends a request and follows redirects as .NET's client does. Each call stands alone: no cookies are kept. */
export async function exchangeHttp(call: OutgoingCall): Promise<HttpAnswer> {
  const signal = AbortSignal.timeout(timeoutMs)
  let current = call
  for (let hop = 0; ; hop++) {
    const response = await send(current, signal)
    const next = hop < maxRedirects ? redirect(current, response) : undefined
    if (next === undefined) return read(response)
    response.resume()
    current = next
  }
}

function send(call: OutgoingCall, signal: AbortSignal): Promise<IncomingMessage> {
  const request = call.url.protocol === 'https:' ? httpsRequest : httpRequest
  return new Promise((resolve, reject) => {
    const headers: Record<string, string> = { 'User-Agent': agent, ...call.headers }
    if (call.body !== undefined) headers['Content-Length'] = String(Buffer.byteLength(call.body))
    const outgoing = request(call.url, { method: call.method, headers, signal }, resolve)
    outgoing.removeHeader('connection')
    outgoing.on('error', reject)
    outgoing.end(call.body)
  })
}

function redirect(call: OutgoingCall, response: IncomingMessage): OutgoingCall | undefined {
  const { statusCode = 0, headers } = response
  if (![301, 302, 303, 307, 308].includes(statusCode) || headers.location === undefined) return undefined
  const url = new URL(headers.location, call.url)
  if (url.protocol === 'http:' && call.url.protocol === 'https:') return undefined
  const kept = Object.fromEntries(
    Object.entries(call.headers).filter(([name]) => name.toLowerCase() !== 'authorization'),
  )
  const turnsToGet = statusCode === 303 ? call.method !== 'HEAD' : statusCode < 307 && call.method === 'POST'
  return turnsToGet ? { method: 'GET', url, headers: kept, body: undefined } : { ...call, url, headers: kept }
}

// Headers of the content, which .NET keeps apart and the extension leaves out.
const left = new Set(['allow', 'expires', 'last-modified'])

async function read(response: IncomingMessage): Promise<HttpAnswer> {
  const headers: Record<string, string | string[]> = {}
  for (let i = 0; i + 1 < response.rawHeaders.length; i += 2) {
    const name = response.rawHeaders[i] ?? ''
    const value = response.rawHeaders[i + 1] ?? ''
    const lower = name.toLowerCase()
    if (lower.startsWith('content-') || left.has(lower)) continue
    const before = headers[name]
    headers[name] = before === undefined ? value : [before, value].flat()
  }
  const chunks: Buffer[] = []
  for await (const chunk of response) chunks.push(chunk as Buffer)
  return { statusCode: response.statusCode ?? 0, headers, content: Buffer.concat(chunks).toString('utf8') }
}
