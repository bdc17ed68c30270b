import { ProblemBody } from '@zoetrope/contracts'
import type { z } from 'zod'

import { ApiProblem } from './api-problem.ts'

/** How the API is reached. */
export interface ClientOptions {
  /** Base URL, with or without a slash at its end. */
  readonly apiUrl: string
  /** API key, `zk_...`. */
  readonly key: string
  /** `fetch`, or one that counts, records or is somebody else's. */
  readonly fetch?: typeof fetch
}

/** One request of the API. */
export interface ApiRequest {
  readonly method?: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  readonly path: string
  readonly query?: Readonly<Record<string, string | number | undefined>>
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
  readonly signal?: AbortSignal | undefined
}

/** Sends requests with the key; success is parsed by the schema, anything else thrown as {@link ApiProblem}. */
export type SendRequest = <T>(request: ApiRequest, schema: z.ZodType<T>) => Promise<T>

/** Makes the one function through which every call goes. */
export function createSendRequest(options: ClientOptions): SendRequest {
  const base = options.apiUrl.replace(/\/+$/, '')
  const send = options.fetch ?? fetch
  return async (request, schema) => {
    const url = new URL(`${base}${request.path}`)
    for (const [name, value] of Object.entries(request.query ?? {})) {
      if (value !== undefined) url.searchParams.set(name, String(value))
    }
    const response = await send(url, {
      method: request.method ?? 'GET',
      headers: {
        authorization: `Bearer ${options.key}`,
        accept: 'application/json',
        ...(request.body === undefined ? {} : { 'content-type': 'application/json' }),
        ...request.headers,
      },
      ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
      ...(request.signal ? { signal: request.signal } : {}),
    })
    const text = await response.text()
    if (!response.ok) throw new ApiProblem(readProblem(response, text))
    return schema.parse(text === '' ? undefined : JSON.parse(text))
  }
}

/** Proxies and crashed hosts answer without a problem body: what is known is put into one. */
function readProblem(response: Response, text: string): ProblemBody {
  try {
    return ProblemBody.parse(JSON.parse(text))
  } catch {
    return {
      type: 'about:blank',
      title: response.statusText || 'The service answered without saying why.',
      status: response.status,
      code: `HTTP_${response.status}`,
      category: response.status >= 500 ? 'dependency' : 'input',
      retry: response.status >= 500 || response.status === 429,
    }
  }
}
