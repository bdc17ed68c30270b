import type { ServerResponse } from 'node:http'

/** Answers with a status and no body, as the real host does. Who has sent too much is not listened to any longer. */
export function answerEmpty(
  response: ServerResponse,
  status: number,
  headers: Readonly<Record<string, string>> = {},
): void {
  const length = response.req.method === 'HEAD' || status === 204 ? {} : { 'content-length': 0 }
  const last = status === 413 ? { connection: 'close' } : {}
  response.writeHead(status, { ...length, ...last, ...headers }).end()
}
