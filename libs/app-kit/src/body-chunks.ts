import type { HttpRequest } from '@azure/functions'
import { err } from '@zoetrope/contracts'

type Reader = ReadableStreamDefaultReader<Uint8Array>

/**
 * The body of a request, piece by piece. Who stops early lets the rest flow by unread: to cancel the stream of a fetch request crashes
 * the process (Node 24's undici closes it a second time), and a sender that is not listened to does not see the answer.
 *
 * @throws REQUEST_INVALID when the sender goes away in the middle: no fault of ours
 */
export async function* bodyChunks(request: HttpRequest): AsyncGenerator<Uint8Array> {
  if (!request.body) return
  const reader = request.body.getReader() as Reader
  let isDone = false
  try {
    for (;;) {
      const { done, value } = await reader.read().catch((cause: unknown) => {
        throw err('REQUEST_INVALID', { detail: 'The request ended before its body did.', cause })
      })
      isDone = done
      if (done) return
      yield value
    }
  } finally {
    if (!isDone) void drain(reader)
  }
}

async function drain(reader: Reader): Promise<void> {
  try {
    for (;;) if ((await reader.read()).done) return
  } catch {
    // The sender went away: there is nothing left to read.
  }
}
