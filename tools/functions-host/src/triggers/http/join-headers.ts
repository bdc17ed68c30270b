import type { IncomingMessage } from 'node:http'

/** A request's headers, those of one name joined without a space as the real host does; cookies stay readable. */
export function joinHeaders(request: IncomingMessage): Record<string, string> {
  return Object.fromEntries(
    Object.entries(request.headersDistinct).map(([name, values]) => [
      name,
      (values ?? []).join(name === 'cookie' ? '; ' : ','),
    ]),
  )
}

/** Whether the real host lets a header of an answer out: it takes nothing but ASCII. */
export function isHeaderText(value: string): boolean {
  return /^[\t\x20-\x7e]*$/.test(value)
}
