import type { IncomingMessage } from 'node:http'

const loopbackNames: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]'])

/**
 * Whether a browser sends this request for a page of another origin. On a laptop no key is asked for, so any web page
 * could use the doors that are not meant for browsers.
 */
export function isFromForeignPage(request: IncomingMessage): boolean {
  const { origin } = request.headers
  if (origin === undefined) return false
  if (!URL.canParse(origin)) return true
  const { protocol, hostname, port } = new URL(origin)
  const { localPort, localAddress } = request.socket
  const isOwnName = loopbackNames.has(hostname) || hostname === localAddress
  return !(protocol === 'http:' && isOwnName && Number(port || 80) === localPort)
}

/**
 * Whether a request that came over loopback names another machine: a web page can have its own name point to this one
 * (DNS rebinding), and is of the same origin then.
 */
export function isForForeignHost(request: IncomingMessage): boolean {
  const { localAddress = '' } = request.socket
  if (!/^(::ffff:)?127\.|^::1$/.test(localAddress)) return false
  const text = `http://${request.headers.host ?? ''}`
  return !URL.canParse(text) || !loopbackNames.has(new URL(text).hostname)
}
