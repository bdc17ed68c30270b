import type { IncomingMessage, ServerResponse } from 'node:http'

import type { HttpSettings } from '../config/http-settings.ts'

/** Sets the headers that host.json asks for on every answer; a function's own of the same name wins. */
export function addConfiguredHeaders(
  http: HttpSettings,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  for (const name in http.customHeaders) response.setHeader(name, http.customHeaders[name] ?? '')
  if (!http.hsts || request.headers['x-forwarded-proto'] !== 'https') return
  // It is for those who came over TLS, which ends at a proxy in front of this host.
  const hostname = (request.headers.host ?? '').toLowerCase().replace(/:\d+$/, '')
  if (!http.hsts.excludedHosts.includes(hostname))
    response.setHeader('strict-transport-security', http.hsts.value)
}
