import type { HttpRequest } from '@azure/functions'
import { err } from '@zoetrope/contracts'

import { bodyChunks } from './body-chunks.ts'

/** Largest JSON body, bytes. Files go to blob storage, not into a body. */
export const maxJsonBodyBytes = 256 * 1024

/** Reads a JSON object from the request, up to the limit. An absent body is an empty object. */
export async function readJsonBody(request: HttpRequest): Promise<unknown> {
  const type = request.headers.get('content-type')
  if (type && !/^application\/([a-z0-9.+-]+\+)?json\b/i.test(type))
    throw err('CONTENT_TYPE_UNSUPPORTED', { detail: `Content-Type is ${type.slice(0, 100)}.` })
  const text = new TextDecoder('utf-8').decode(await readAll(bodyChunks(request), maxJsonBodyBytes))
  if (text.trim() === '') return {}
  try {
    return JSON.parse(text, refuseLoneSurrogates)
  } catch (cause) {
    throw err('JSON_INVALID', { detail: (cause as Error).message.slice(0, 200) })
  }
}

/** Half a character cannot be stored, nor written to a header: refused where it comes in. */
function refuseLoneSurrogates(key: string, value: unknown): unknown {
  if (!key.isWellFormed() || (typeof value === 'string' && !value.isWellFormed()))
    throw new SyntaxError('a text holds half of a surrogate pair')
  return value
}

async function readAll(body: AsyncIterable<Uint8Array>, maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let sizeBytes = 0
  for await (const bytes of body) {
    sizeBytes += bytes.byteLength
    if (sizeBytes > maxBytes)
      throw err('BODY_TOO_LARGE', { detail: `A JSON body may have ${maxBytes} bytes.` })
    chunks.push(bytes)
  }
  return Buffer.concat(chunks)
}
