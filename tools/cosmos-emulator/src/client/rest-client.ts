import { createHmac } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'

import { messageOf } from '../errors.ts'
import { isJsonObject } from '../json.ts'
import type { JsonObject } from '../json.ts'

const serviceVersion = '2020-07-15'
const mostAttempts = 30
const longestWaitMs = 5000
/** Throttled, in the way of another write, or not there for a moment. */
const triedAgain = new Set([408, 429, 449, 503])

/** An answer, its body read. */
export interface RestAnswer {
  status: number
  headers: Headers
  /** undefined where there is none, or none in JSON. */
  body: unknown
}

/** What is sent beside method and path. */
export interface RestRequest {
  headers?: Record<string, string>
  body?: unknown
  /** Statuses beside 2xx that the caller deals with. */
  accepts?: readonly number[]
}

/** An account, of an emulator or in Azure, by its REST interface: signed, and tried again when it says so. */
export class RestClient {
  readonly endpoint: string
  readonly #key: Buffer

  constructor({ endpoint, key }: { endpoint: string; key: string }) {
    this.endpoint = endpoint.replace(/\/+$/, '')
    this.#key = Buffer.from(key, 'base64')
  }

  /** `segments` are the parts of the path, not encoded. @throws Error that says what was asked and answered */
  async send(method: string, segments: readonly string[], request: RestRequest = {}): Promise<RestAnswer> {
    for (let attempt = 1; ; attempt += 1) {
      const answer = await this.#sendOnce(method, segments, request)
      if (answer.status < 300 || request.accepts?.includes(answer.status) === true) return answer
      if (!triedAgain.has(answer.status) || attempt === mostAttempts)
        throw new Error(
          `${method} /${segments.join('/')} was answered ${answer.status}: ${textOf(answer.body)}${adviceOn(answer.status)}`,
        )
      const asked = Number(answer.headers.get('x-ms-retry-after-ms') ?? 100 * attempt)
      await wait(Math.min(asked, longestWaitMs))
    }
  }

  /** Every resource of a feed, page by page. */
  async *feed(
    segments: readonly string[],
    plural: string,
    { headers = {}, ...request }: RestRequest = {},
  ): AsyncGenerator<JsonObject> {
    let continuation: string | null = null
    do {
      const paged: Record<string, string> = { 'x-ms-max-item-count': '1000', ...headers }
      if (continuation !== null) paged['x-ms-continuation'] = continuation
      const { body, headers: answered } = await this.send('GET', segments, { ...request, headers: paged })
      const page: unknown = isJsonObject(body) ? body[plural] : undefined
      yield* Array.isArray(page) ? (page as JsonObject[]) : []
      continuation = answered.get('x-ms-continuation')
    } while (continuation !== null)
  }

  async #sendOnce(
    method: string,
    segments: readonly string[],
    { headers = {}, body }: RestRequest,
  ): Promise<RestAnswer> {
    const path = segments.map(encodeURIComponent).join('/')
    let response: Response
    try {
      response = await fetch(`${this.endpoint}/${path}`, {
        method,
        headers: {
          ...this.#signature(method, segments),
          'x-ms-version': serviceVersion,
          'content-type': 'application/json',
          ...headers,
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
    } catch (error) {
      throw new Error(describeFailure(this.endpoint, error), { cause: error })
    }
    const text = await response.text()
    return { status: response.status, headers: response.headers, body: parsed(text) }
  }

  #signature(method: string, segments: readonly string[]): Record<string, string> {
    // An operation on a container is signed as the container.
    if (segments.at(-2) === 'operations') return this.#signature(method, segments.slice(0, -2))
    const date = new Date().toUTCString()
    const isFeed = segments.length % 2 === 1
    const type = segments.at(isFeed ? -1 : -2) ?? ''
    const link =
      type === 'offers'
        ? (segments[1] ?? '').toLowerCase()
        : segments.slice(0, isFeed ? -1 : undefined).join('/')
    const text = `${method}\n${type}\n`.toLowerCase() + `${link}\n${date.toLowerCase()}\n\n`
    const signature = createHmac('sha256', this.#key).update(text).digest('base64')
    return {
      'x-ms-date': date,
      authorization: encodeURIComponent(`type=master&ver=1.0&sig=${signature}`),
    }
  }
}

function textOf(body: unknown): string {
  if (!isJsonObject(body)) return String(body ?? '')
  const text = String(body.message ?? JSON.stringify(body)).split('\r\nActivityId')[0] ?? ''
  // The service's own wrapping: Message: {"Errors":["..."]}.
  const wrapped = parsed(text.replace(/^Message: /, ''))
  return isJsonObject(wrapped) && Array.isArray(wrapped.Errors) ? wrapped.Errors.join(' ') : text
}

function adviceOn(status: number): string {
  return status === 401 ? " The account's own key is given by --key or COSMOS_KEY." : ''
}

/** Why there is no answer at all. */
function describeFailure(endpoint: string, error: unknown): string {
  const { cause } = error as { cause?: unknown }
  const { code } = (cause ?? {}) as { code?: unknown }
  if (code === 'DEPTH_ZERO_SELF_SIGNED_CERT')
    return `The certificate of ${endpoint} is not trusted: set NODE_EXTRA_CA_CERTS to the certificate.pem of its data folder.`
  return `Nothing answers at ${endpoint}: ${cause === undefined ? messageOf(error) : messageOf(cause) || String(code)}`
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return text === '' ? undefined : text.slice(0, 1000)
  }
}
