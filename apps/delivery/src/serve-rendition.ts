import { Readable } from 'node:stream'

import type { HttpRequest, HttpResponseInit } from '@azure/functions'
import type { BlobContainer } from '@zoetrope/blobs'
import { err } from '@zoetrope/contracts'

import { serveBlob } from './serve-blob.ts'

/** Answers a request with a blob of the renditions, streamed. @throws RENDITION_NOT_FOUND when the blob is gone */
export async function serveRendition(
  renditions: BlobContainer,
  blob: string,
  request: HttpRequest,
  cacheControl: string,
): Promise<HttpResponseInit> {
  const facts = await renditions.head(blob)
  if (!facts) throw err('RENDITION_NOT_FOUND')
  const asked = {
    method: request.method,
    range: request.headers.get('range'),
    ifRange: request.headers.get('if-range'),
    ifNoneMatch: request.headers.get('if-none-match'),
  }
  const open = async (offset: number, count: number): Promise<ReadableStream<Uint8Array>> => {
    const stream = await renditions.open(blob, { offset, count, etag: facts.etag })
    if (stream === 'missing' || stream === 'changed') throw err('RENDITION_NOT_FOUND')
    return Readable.toWeb(stream) as ReadableStream<Uint8Array>
  }
  const answer = await serveBlob({ ...facts, open }, asked, cacheControl)
  return {
    status: answer.status,
    headers: { ...answer.headers },
    ...(answer.body ? { body: answer.body as NonNullable<HttpResponseInit['body']> } : {}),
  }
}
