import type { HttpRequest } from './action.ts'

const credentials = new Set(['authorization', 'cookie'])

/** The next request of the 202 pattern and how long to wait before it; undefined where the answer is final. */
export function nextPoll(
  request: HttpRequest | undefined,
  result: string | null,
  defaultDelayMs: number,
): { request: HttpRequest; delayMs: number; dropsCredentials: boolean } | undefined {
  if (request === undefined || result === null) return undefined
  const answer = JSON.parse(result) as { statusCode: number; headers?: Record<string, string> }
  const header = (name: string): string | undefined =>
    Object.entries(answer.headers ?? {}).find(([key]) => key.toLowerCase() === name)?.[1]
  const location = header('location')
  if (answer.statusCode !== 202 || location === undefined) return undefined
  // As in Azure, a relative location is no address: its request fails.
  const isSameOrigin = URL.canParse(location) && new URL(location).origin === new URL(request.uri).origin
  const asked = Object.entries(request.headers ?? {}).filter(
    ([key]) => key.toLowerCase() !== 'x-functions-key',
  )
  const kept = asked.filter(([key]) => isSameOrigin || !credentials.has(key.toLowerCase()))
  const seconds = Number(header('retry-after'))
  return {
    request: {
      method: 'GET',
      uri: location,
      headers: Object.fromEntries(kept),
      asynchronousPatternEnabled: true,
    },
    dropsCredentials: kept.length < asked.length,
    delayMs:
      Number.isFinite(seconds) && header('retry-after') !== undefined ? seconds * 1000 : defaultDelayMs,
  }
}
