import type { ServerResponse } from 'node:http'

/** Ends a request with a JSON-RPC error that belongs to no message. Who has sent too much is not listened to any longer. */
export function answerRpcError(
  response: ServerResponse,
  status: number,
  error: { code: number; message: string },
): void {
  response
    .writeHead(status, {
      'content-type': 'application/json; charset=utf-8',
      ...(status === 413 ? { connection: 'close' } : {}),
    })
    .end(JSON.stringify({ jsonrpc: '2.0', error, id: null }))
}
