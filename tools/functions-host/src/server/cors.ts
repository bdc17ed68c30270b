import type { IncomingMessage, ServerResponse } from 'node:http'

import { HostError } from '../errors.ts'

/** The pages of other origins that may call an app from a browser. */
export interface CorsPolicy {
  /** Origins, or `*` for all. */
  readonly origins: readonly string[]
  /** Whether their calls may carry cookies. */
  readonly allowsCredentials: boolean
}

/** Reads origins parted by commas, as Core Tools name them; undefined for none. @throws HostError */
export function readCorsPolicy(
  text: string | undefined,
  allowsCredentials: boolean,
  where: string,
): CorsPolicy | undefined {
  const origins = (text ?? '').split(',').flatMap((origin) => origin.trim().replace(/\/$/, '') || [])
  if (origins.length === 0) return undefined
  if (origins.includes('*') && allowsCredentials)
    throw new HostError(`${where}: browsers take no credentials along to "*". Name the origins.`)
  const unreadable = origins.find((origin) => origin !== '*' && !URL.canParse(origin))
  if (unreadable !== undefined)
    throw new HostError(`${where}: "${unreadable}" is no origin such as https://example.org.`)
  return { origins, allowsCredentials }
}

/**
 * Tells a browser whether the page that calls may read the answer, and answers its question beforehand (the preflight).
 * @returns whether the request has been answered
 */
export function applyCors(policy: CorsPolicy, request: IncomingMessage, response: ServerResponse): boolean {
  const { origin } = request.headers
  if (origin === undefined) return false
  const isAny = policy.origins.includes('*')
  const isAllowed = isAny || policy.origins.some((each) => each.toLowerCase() === origin.toLowerCase())
  if (isAllowed) {
    response.setHeader('access-control-allow-origin', isAny ? '*' : origin)
    if (!isAny) response.setHeader('vary', 'Origin')
    if (policy.allowsCredentials) response.setHeader('access-control-allow-credentials', 'true')
  }
  const method = request.headers['access-control-request-method']
  if (request.method !== 'OPTIONS' || method === undefined) return false
  if (isAllowed) {
    const headers = request.headers['access-control-request-headers']
    response.setHeader('access-control-allow-methods', method)
    if (typeof headers === 'string') response.setHeader('access-control-allow-headers', headers)
  }
  response.writeHead(204).end()
  return true
}
