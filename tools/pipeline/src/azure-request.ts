import type { GetToken } from './azure-token.ts'

/** Where Azure's management API is, and how requests to it behave. */
export interface AzureConnection {
  /** `https://management.azure.com` */
  readonly managementUrl: string
  readonly getToken: GetToken
  /** Between two looks at something that is under way, and before a request is tried again, ms. */
  readonly pollMs: number
}

const tries = 5
const longestWaitMs = 60_000
const answerMs = 5 * 60_000

/** An answer of Azure's that is not a success. */
export class AzureError extends Error {
  readonly status: number
  /** What Azure said, at most 2,000 characters. */
  readonly text: string

  constructor(request: string, status: number, text: string) {
    super(`${request} answered ${status}: ${text.slice(0, 2000) || 'nothing'}`)
    this.name = 'AzureError'
    this.status = status
    this.text = text.slice(0, 2000)
  }
}

/**
 * Sends a request with the token of who is signed in; faults of the network and busy services are tried again, five times.
 *
 * @throws AzureError for an answer that is no success, as the service gave it last
 */
export async function requestAzure(
  connection: AzureConnection,
  url: string,
  init: RequestInit = {},
): Promise<Response> {
  const label = `${init.method ?? 'GET'} ${withoutQuery(url)}`
  for (let attempt = 1; ; attempt += 1) {
    const isLast = attempt === tries
    const headers = new Headers(init.headers)
    headers.set('authorization', `Bearer ${await connection.getToken()}`)
    let response: Response
    try {
      response = await fetch(url, { ...init, headers, signal: AbortSignal.timeout(answerMs) })
    } catch (cause) {
      if (isLast) throw new Error(`${label} found nobody there after ${tries} tries.`, { cause })
      await pause(connection.pollMs * attempt)
      continue
    }
    if (response.ok) return response
    const error = new AzureError(label, response.status, await response.text())
    const isBusy = response.status === 429 || response.status >= 500
    if (isLast || !isBusy) throw error
    await pause(retryAfterMs(response) ?? connection.pollMs * attempt)
  }
}

/** What `retry-after` asks for, at most a minute; undefined where it asks for nothing. */
export function retryAfterMs(response: Response): number | undefined {
  const seconds = Number(response.headers.get('retry-after') ?? Number.NaN)
  return Number.isFinite(seconds) ? Math.min(seconds * 1000, longestWaitMs) : undefined
}

/** Waits. */
export function pause(delayMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, delayMs))
}

/** The path without its query, which may hold what no log should. */
function withoutQuery(url: string): string {
  return url.split('?')[0] ?? url
}
