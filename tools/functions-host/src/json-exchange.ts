import type { IncomingMessage, ServerResponse } from 'node:http'
import { json } from 'node:stream/consumers'

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

/** The body as an object; the status that refuses it where it is none: 415 for another type, 400 for bad JSON. */
export async function readJsonBody(
  request: IncomingMessage,
  { anyType = false }: { readonly anyType?: boolean } = {},
): Promise<Record<string, unknown> | 400 | 415> {
  if (!anyType && !/^application\/(?:[\w.-]+\+)?json\s*(?:;|$)/i.test(request.headers['content-type'] ?? ''))
    return 415
  try {
    const value = await json(request)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : 400
  } catch {
    return 400
  }
}
