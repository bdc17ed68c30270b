import { PassThrough } from 'node:stream'
import { describe, expect, it } from '@jest/globals'

import type { Frame } from './frame.ts'
import { FrameReader, writeFrames } from './frame.ts'

/** Frames of all sizes, as bytes on a stream. */
function writtenFrames(): { written: [number, string, Buffer][]; bytes: Buffer } {
  const stream = new PassThrough({ highWaterMark: 10_000_000 })
  const sizes = [0, 1, 7, 20_000, 200_000, 9, 300, 16 * 1024, 16 * 1024 + 1, 0, 1]
  const written = sizes.map((size, index): [number, string, Buffer] => [
    index,
    'ä'.repeat(size % 50),
    Buffer.alloc(size, index + 1),
  ])
  writeFrames(
    stream,
    written.map(([kind, head, body]) => ({ kind, head, body })),
  )
  return { written, bytes: stream.read() as Buffer }
}

describe('frames', () => {
  it.each([1, 2, 3, 8, 10, 100, 4096, 65_536, 1_000_000])(
    'come back as they were written from chunks of %d bytes',
    (chunkBytes) => {
      const { written, bytes } = writtenFrames()
      const read: Frame[] = []
      const reader = new FrameReader((frame) => read.push(frame))
      for (let offset = 0; offset < bytes.byteLength; offset += chunkBytes)
        reader.push(bytes.subarray(offset, offset + chunkBytes))
      expect(read.map(({ kind, head }) => [kind, head.toString()])).toEqual(
        written.map(([kind, head]) => [kind, head]),
      )
      expect(read.every(({ body }, index) => written[index]?.[2].equals(body))).toBe(true)
    },
  )

  it('may have a text as their body', () => {
    const stream = new PassThrough()
    writeFrames(stream, [{ kind: 3, head: 'head', body: 'bödy' }])
    const read: Frame[] = []
    new FrameReader((frame) => read.push(frame)).push(stream.read() as Buffer)
    expect(read.map(({ kind, body }) => [kind, body.toString()])).toEqual([[3, 'bödy']])
  })
})
