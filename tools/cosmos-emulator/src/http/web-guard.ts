import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'

import { badRequest, forbidden } from '../errors.ts'

/**
 * Refuses what only a web page of somebody else's could have sent. The well-known key is no secret, so that a page must not even
 * be able to ask: neither from another origin, nor from a name of its own that it lets point here (DNS rebinding).
 * @throws ServiceError 403, or 400 without a host
 */
export function guardFromPages({ headers }: IncomingMessage, allowedHosts: ReadonlySet<string>): void {
  const { host, origin } = headers
  if (host === undefined) throw badRequest('The request has no Host header.')
  if (!isOurs(hostName(host), allowedHosts))
    throw forbidden(
      `The host name '${host}' could be anybody's: use localhost, or allow it (--allow-host, allowedHosts).`,
    )
  if (origin !== undefined && originHost(origin) !== host)
    throw forbidden(`Pages of the origin '${origin}' are not let in.`)
}

/** Names that no stranger can register: addresses, names without a dot, and what is reserved for machines at hand. */
function isOurs(name: string, allowedHosts: ReadonlySet<string>): boolean {
  return (
    isIP(name) !== 0 ||
    !name.includes('.') ||
    /\.(localhost|internal|local|test)$/.test(name) ||
    allowedHosts.has(name)
  )
}

function hostName(host: string): string {
  const bracketed = /^\[([^\]]*)\]/.exec(host)?.[1]
  return (bracketed ?? host.split(':')[0] ?? '').toLowerCase()
}

function originHost(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined
}
