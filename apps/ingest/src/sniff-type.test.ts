import { describe, expect, it } from '@jest/globals'

import { sniffType } from './sniff-type.ts'

const bytes = (...parts: (string | number[])[]): Uint8Array =>
  Buffer.concat(
    parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : Buffer.from(part))),
  )

describe('a type', () => {
  it('is told by the bytes, whatever the file is called', async () => {
    expect(await sniffType(bytes([0xff, 0xd8, 0xff, 0xe0], 'JFIF'))).toEqual({
      mediaType: 'image',
      contentType: 'image/jpeg',
    })
    expect((await sniffType(bytes([0, 0, 0, 24], 'ftypisom', [0, 0, 0, 0], 'isomiso2'))).mediaType).toBe(
      'video',
    )
    expect((await sniffType(bytes([0, 0, 0, 20], 'ftypqt  ', [0, 0, 0, 0], 'qt  '))).mediaType).toBe('video')
    expect((await sniffType(bytes('ID3', [3, 0, 0, 0, 0, 0, 0]))).mediaType).toBe('audio')
  })

  it.each([
    ['a playlist', '#EXTM3U\n#EXT-X-TARGETDURATION:4\nhttp://169.254.169.254/x.ts\n'],
    ['a text', 'hello there, this is no film\n'],
    ['an SVG', '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'],
    ['a web page', '<!doctype html><title>x</title>'],
    ['nothing', ''],
    ['a program', '\x7fELF\x02\x01\x01'],
  ])('of %s is unknown', async (_what, content) => {
    expect((await sniffType(bytes(content))).mediaType).toBe('unknown')
  })
})
