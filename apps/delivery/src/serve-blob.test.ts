import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'

import type { ServedBlob, ServeRequest } from './serve-blob.ts'
import { serveBlob } from './serve-blob.ts'

const content = Uint8Array.from({ length: 100 }, (_, index) => index)
const blob: ServedBlob = {
  sizeBytes: 100,
  contentType: 'video/mp4',
  etag: '"0x1"',
  open: async (offset, count) => new Blob([content.slice(offset, offset + count)]).stream(),
}
const get: ServeRequest = { method: 'GET', range: null, ifRange: null, ifNoneMatch: null }

async function bytesOf(stream: ReadableStream<Uint8Array> | undefined): Promise<number[]> {
  return stream ? [...new Uint8Array(await new Response(stream).arrayBuffer())] : []
}

describe('a served blob', () => {
  it('comes whole, with its type, size and etag', async () => {
    const answer = await serveBlob(blob, get, 'public, max-age=60')

    expect(answer).toMatchObject({
      status: 200,
      headers: { 'content-length': '100', 'content-type': 'video/mp4', etag: '"0x1"' },
    })
    expect(await bytesOf(answer.body)).toEqual([...content])
  })

  it('comes in exactly the range that was asked for', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(99), fc.nat(200), async (start, length) => {
        const answer = await serveBlob(blob, { ...get, range: `bytes=${start}-${start + length}` }, '')
        const end = Math.min(start + length, 99)

        expect(answer.status).toBe(206)
        expect(answer.headers['content-range']).toBe(`bytes ${start}-${end}/100`)
        expect(await bytesOf(answer.body)).toEqual(Array.from(content.subarray(start, end + 1)))
      }),
    )
  })

  it('comes from its end for a suffix range', async () => {
    const answer = await serveBlob(blob, { ...get, range: 'bytes=-3' }, '')

    expect(await bytesOf(answer.body)).toEqual([97, 98, 99])
  })

  it('is refused beyond its end, and ignores a range that is none', async () => {
    expect(await serveBlob(blob, { ...get, range: 'bytes=100-' }, '')).toMatchObject({
      status: 416,
      headers: { 'content-range': 'bytes */100' },
    })
    expect((await serveBlob(blob, { ...get, range: 'lines=1-2' }, '')).status).toBe(200)
    expect((await serveBlob(blob, { ...get, range: 'bytes=0-1,5-6' }, '')).status).toBe(200)
    expect((await serveBlob(blob, { ...get, range: 'garbage' }, '')).status).toBe(200)
  })

  it('comes whole when If-Range names another version', async () => {
    expect((await serveBlob(blob, { ...get, range: 'bytes=0-1', ifRange: '"0x2"' }, '')).status).toBe(200)
    expect((await serveBlob(blob, { ...get, range: 'bytes=0-1', ifRange: '"0x1"' }, '')).status).toBe(206)
  })

  it('is not sent again to who has it, nor with HEAD', async () => {
    expect(await serveBlob(blob, { ...get, ifNoneMatch: '"0x0", W/"0x1"' }, '')).toMatchObject({
      status: 304,
    })
    const head = await serveBlob(blob, { ...get, method: 'HEAD' }, '')

    expect(head.headers['content-length']).toBe('100')
    expect(head.body).toBeUndefined()
  })
})
