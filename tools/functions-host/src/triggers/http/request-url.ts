import type { IncomingMessage } from 'node:http'

import { decodePath, encodePath } from '../../server/percent-encoding.ts'

/** The parts of a request's URL that the host needs; a `URL` is one too. */
export type RequestUrl = Readonly<Pick<URL, 'href' | 'pathname' | 'search'>>

/** Paths and queries that the URL parser leaves as they are; dot segments are looked for apart. */
const plainTarget = /^(\/[\w\-~/.]*)(\?[\w\-~.=&+%,:@]*)?$/

/** Most hosts whose origin is remembered. */
const mostOrigins = 100
const origins = new Map<string, string | undefined>()

/** The request's URL: its path as it was sent, the whole with no needless escapes; undefined for what is no URL. */
export function toRequestUrl(request: IncomingMessage): RequestUrl | undefined {
  const host = request.headers.host || 'localhost'
  const target = request.url ?? '/'
  const plain = plainTarget.exec(target)
  const origin = plain && !target.includes('/.') ? originOf(host) : undefined
  // A URL costs more than all the rest of the routing together.
  if (origin !== undefined && plain)
    return { href: origin + target, pathname: plain[1] ?? '/', search: plain[2] ?? '' }
  const text = `http://${host}${target}`
  const url = URL.parse(text)
  if (!url) return undefined
  const { pathname, search } = url
  url.pathname = encodePath(decodePath(pathname))
  return { href: url.href, pathname, search }
}

/** The origin of a Host header that is nothing but a host. */
function originOf(host: string): string | undefined {
  if (origins.has(host)) return origins.get(host)
  const url = URL.parse(`http://${host}`)
  const isPlain = url !== null && !/[/\\?#@\s]/.test(host)
  const origin = isPlain ? url.origin : undefined
  // Clients may make hosts up, so that not all can be kept.
  if (origins.size >= mostOrigins) origins.clear()
  origins.set(host, origin)
  return origin
}

/** Path and query as the real host's proxy sends them on: no needless escapes in the path, no lone `%` in the query. */
export function toForwardedTarget(url: RequestUrl): string {
  return encodePath(decodePath(url.pathname)) + url.search.replaceAll(/%(?![0-9a-f]{2})/gi, '%25')
}
