import type { ServerResponse } from 'node:http'

/** Answers with a status and no body, as the real host does. */
export function answerEmpty(
  response: ServerResponse,
  status: number,
  headers: Readonly<Record<string, string>> = {},
): void {
  const length = response.req.method === 'HEAD' || status === 204 ? {} : { 'content-length': 0 }
  response.writeHead(status, { ...length, ...headers }).end()
}
