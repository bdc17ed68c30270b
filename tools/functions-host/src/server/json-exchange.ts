import type { IncomingMessage, ServerResponse } from 'node:http'

import { readBody } from './request-body.ts'

/** Answers with JSON. */
export function answerJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  const text = JSON.stringify(body)
  response
    .writeHead(status, {
      'content-type': 'application/json; charset=utf-8',
      'content-length': Buffer.byteLength(text),
      ...headers,
    })
    .end(text)
}

/** Answers with a line of text. */
export function answerText(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(text)
}

/** Largest body that is JSON for the host itself. */
const maxJsonBytes = 1_048_576

/** The body as an object; the status that refuses it where it is none: 415 for another type, 400 for bad JSON, 413 for over 1 MiB. */
export async function readJsonBody(
  request: IncomingMessage,
  { anyType = false }: { readonly anyType?: boolean } = {},
): Promise<Record<string, unknown> | 400 | 413 | 415> {
  if (!anyType && !/^application\/(?:[\w.-]+\+)?json\s*(?:;|$)/i.test(request.headers['content-type'] ?? ''))
    return 415
  const body = await readBody(request, maxJsonBytes)
  if (!body) return 413
  try {
    const value = JSON.parse(Buffer.from(body).toString()) as unknown
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : 400
  } catch {
    return 400
  }
}
