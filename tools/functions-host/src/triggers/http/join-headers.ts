import type { IncomingMessage } from 'node:http'

/** A request's headers, those of one name joined without a space as the real host does; cookies stay readable. */
export function joinHeaders(request: IncomingMessage): Record<string, string> {
  const { rawHeaders } = request
  const headers: Record<string, string> = {}
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = (rawHeaders[index] ?? '').toLowerCase()
    const value = rawHeaders[index + 1] ?? ''
    const before = Object.hasOwn(headers, name) ? headers[name] : undefined
    // No header for the real host either; assigned, it would be the object's prototype.
    if (name !== '__proto__')
      headers[name] = before === undefined ? value : before + (name === 'cookie' ? '; ' : ',') + value
  }
  return headers
}

/** Whether the real host lets a header of an answer out: it takes nothing but ASCII. */
export function isHeaderText(value: string): boolean {
  return /^[\t\x20-\x7e]*$/.test(value)
}
