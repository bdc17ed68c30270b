import { randomUUID } from 'node:crypto'

import type { HttpData, Invocation, TypedData } from '../worker/protocol.ts'

/** What a custom handler is sent for an invocation. */
export interface HandlerPayload {
  /** Values of the trigger and the input bindings, by name. */
  readonly Data: Readonly<Record<string, unknown>>
  readonly Metadata: Readonly<Record<string, unknown>>
}

/** An invocation as the JSON of the protocol. */
export function toPayload({ inputData, triggerMetadata }: Invocation, functionName: string): HandlerPayload {
  const data = inputData.map(({ name, data: value }) => [
    name,
    value.http ? toHttp(value.http) : toValue(value),
  ])
  const http = inputData.find((input) => input.data.http)?.data.http
  // The trigger's own value is among the data.
  const metadata = Object.entries(triggerMetadata).filter(([name]) => !/trigger$/i.test(name))
  return {
    Data: Object.fromEntries(data) as Record<string, unknown>,
    Metadata: {
      ...(http ? { ...http.params, Query: http.query ?? {}, Headers: toHeaders(http.headers) } : {}),
      ...Object.fromEntries(metadata.map(([name, value]) => [name, toValue(value)])),
      sys: { MethodName: functionName, UtcNow: new Date().toISOString(), RandGuid: randomUUID() },
    },
  }
}

/** Objects stay objects; everything else is JSON in a string, text too, so that it comes in quotes; bytes are base64. */
function toValue(value: TypedData): unknown {
  if (value.bytes) return Buffer.from(value.bytes).toString('base64')
  if (value.json !== undefined) {
    const parsed = JSON.parse(value.json) as unknown
    const isObject = typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)
    return isObject ? parsed : value.json
  }
  return JSON.stringify(value.string ?? value.int ?? value.double ?? null)
}

function toHttp(http: HttpData): Record<string, unknown> {
  const contentType = Object.entries(http.headers ?? {}).find(
    ([name]) => name.toLowerCase() === 'content-type',
  )
  const isBinary = /^\s*(application\/octet-stream|multipart\/)/i.test(contentType?.[1] ?? '')
  const bytes = http.body?.bytes
  return {
    Url: http.url,
    Method: http.method,
    Query: http.query ?? {},
    Headers: toHeaders(http.headers),
    Params: http.params ?? {},
    Identities: [],
    ...(bytes ? { Body: Buffer.from(bytes).toString(isBinary ? 'base64' : 'utf8') } : {}),
  }
}

/** Header names as the real host writes them, each with a list of its values. */
function toHeaders(headers: HttpData['headers']): Record<string, string[]> {
  const capitals = (name: string): string =>
    name.replaceAll(/(^|-)([a-z])/g, (letters) => letters.toUpperCase())
  return Object.fromEntries(Object.entries(headers ?? {}).map(([name, value]) => [capitals(name), [value]]))
}
