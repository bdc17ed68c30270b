import type { IncomingMessage } from 'node:http'

import { badRequest, tooLarge } from '../errors.ts'

const largestBodyBytes = 4 * 1024 * 1024
const noBody = Buffer.alloc(0)

/** The whole body of a request. @throws ServiceError 413 where it is too large, 400 where its sender goes away in the midst of it */
export async function readBody(incoming: IncomingMessage): Promise<Buffer> {
  const { 'content-length': length, 'transfer-encoding': encoding } = incoming.headers
  if ((length === undefined || length === '0') && encoding === undefined) return noBody
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>()
  let space: Buffer = noBody
  let size = 0
  incoming.on('data', (chunk: Buffer) => {
    const end = size + chunk.length
    if (end <= largestBodyBytes) space = withChunk(space, size, chunk)
    size = end
  })
  incoming.on('end', () => {
    if (size > largestBodyBytes) reject(tooLarge('4 MB for a request'))
    else resolve(space.subarray(0, size))
  })
  // Whoever goes away in the midst of a body is told so, if there is still anyone to hear it.
  for (const event of ['error', 'close'])
    incoming.on(event, () => {
      if (!incoming.complete) reject(badRequest('The request was not sent to its end.'))
    })
  return promise
}

/** Puts a chunk behind the `size` bytes that are there, in twice the space where that is too small: chunks of one byte must not be kept as such. */
function withChunk(space: Buffer, size: number, chunk: Buffer): Buffer {
  if (size === 0) return chunk
  const end = size + chunk.length
  const wide = end <= space.length ? space : Buffer.allocUnsafe(2 * end)
  if (wide !== space) space.copy(wide, 0, 0, size)
  chunk.copy(wide, size)
  return wide
}
