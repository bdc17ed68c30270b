import type { IncomingMessage } from 'node:http'

/** The body of a request that has none. */
export const noBody = new Uint8Array()

/** Whether a request has a body, be it empty. */
export function announcesBody({ headers }: IncomingMessage): boolean {
  return headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined
}

/** Whether a request says that its body is larger than this many bytes. */
export function announcesMoreThan(request: IncomingMessage, maxBytes: number): boolean {
  return Number(request.headers['content-length'] ?? 0) > maxBytes
}

/** The whole body; undefined when it is larger than this many bytes. Rejects when the client goes away. */
export async function readBody(request: IncomingMessage, maxBytes: number): Promise<Uint8Array | undefined> {
  if (!announcesBody(request)) return noBody
  // Iterating over it would destroy the request at the early end, and nobody could be told why.
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    watchBody(request, maxBytes, () => {
      request.removeAllListeners('data').pause()
      resolve(undefined)
    })
    request.on('end', () => resolve(Buffer.concat(chunks)))
    request.on('error', reject)
    request.on('close', () => reject(new Error('The client has gone.')))
  })
}

/** Calls back once when a body that is on its way elsewhere turns out larger than this many bytes. */
export function watchBody(request: IncomingMessage, maxBytes: number, onTooLarge: () => void): void {
  let sizeBytes = 0
  const count = (chunk: Buffer): void => {
    sizeBytes += chunk.byteLength
    if (sizeBytes <= maxBytes) return
    request.off('data', count)
    onTooLarge()
  }
  request.on('data', count)
}
