import { createHmac } from 'node:crypto'
import { request } from 'node:http'
import type { Agent, OutgoingHttpHeaders } from 'node:http'

/** An account as the emulator tells of it. */
export interface Account {
  endpoint: string
  key: string
}

/** What to send beside method and path; the path goes over the wire as it is. */
export interface RawRequest {
  headers?: OutgoingHttpHeaders
  body?: string | Buffer
  /** The resource type and link that are signed; taken from the path where absent. */
  signs?: { type: string; link: string }
  isUnsigned?: boolean
  /** Keeps connections; a connection of its own where absent. */
  agent?: Agent
}

/** An answer as it came over the wire. */
export interface RawAnswer {
  status: number
  headers: Record<string, string | undefined>
  bytes: Buffer
  text: string
  /** The body as JSON; undefined where it is none. */
  json: unknown
}

/** The headers that sign a request with an account's key. */
export function signature(
  key: string,
  method: string,
  { type, link }: { type: string; link: string },
): { 'x-ms-date': string; authorization: string } {
  const date = new Date().toUTCString()
  const signed = createHmac('sha256', Buffer.from(key, 'base64'))
    .update(`${method.toLowerCase()}\n${type}\n${link}\n${date.toLowerCase()}\n\n`)
    .digest('base64')
  return { 'x-ms-date': date, authorization: encodeURIComponent(`type=master&ver=1.0&sig=${signed}`) }
}

/** Type and link of a path: a feed signs its owner, a resource itself, an offer its id alone. */
export function linkOf(path: string): { type: string; link: string } {
  const parts = (path.split('?')[0] ?? '').split('/').filter((part) => part !== '')
  if (parts[0] === 'offers' && parts[1] !== undefined) return { type: 'offers', link: parts[1].toLowerCase() }
  const isFeed = parts.length % 2 === 1
  return {
    type: (isFeed ? parts.at(-1) : parts.at(-2)) ?? '',
    link: decodeLink((isFeed ? parts.slice(0, -1) : parts).join('/')),
  }
}

/** Sends a signed request as no client would, and never tries again. */
export async function sendSigned(
  { endpoint, key }: Account,
  method: string,
  path: string,
  { headers = {}, body, signs = linkOf(path), isUnsigned = false, agent }: RawRequest = {},
): Promise<RawAnswer> {
  const { hostname, port } = new URL(endpoint)
  const { promise, resolve, reject } = Promise.withResolvers<RawAnswer>()
  const sent = request(
    {
      hostname,
      port,
      method,
      path,
      headers: { ...(isUnsigned ? {} : signature(key, method, signs)), ...headers },
      agent: agent ?? false,
    },
    (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', reject)
      response.on('end', () => {
        const bytes = Buffer.concat(chunks)
        const text = bytes.toString('utf8')
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers as Record<string, string | undefined>,
          bytes,
          text,
          json: parsed(text),
        })
      })
    },
  )
  sent.on('error', reject)
  sent.end(body)
  return promise
}

function decodeLink(link: string): string {
  try {
    return decodeURIComponent(link)
  } catch {
    return link
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}
