import type { IncomingMessage } from 'node:http'

import { readBody } from '../../server/request-body.ts'

/** Largest message, bytes; the SDK's own limit. */
const maxMessageBytes = 4 * 1024 * 1024

/** What became of a request's body: a JSON value, or the status and reason to refuse it with. */
export type ReadMessage =
  | { readonly ok: true; readonly message: unknown }
  | { readonly ok: false; readonly status: 400 | 413; readonly reason: string }

/** Reads the JSON of a request's body. */
export async function readMessage(request: IncomingMessage): Promise<ReadMessage> {
  const body = await readBody(request, maxMessageBytes)
  if (!body) return { ok: false, status: 413, reason: `The message is larger than ${maxMessageBytes} bytes.` }
  try {
    return { ok: true, message: JSON.parse(Buffer.from(body).toString('utf8')) as unknown }
  } catch {
    return { ok: false, status: 400, reason: 'Parse error: the body is not JSON.' }
  }
}
