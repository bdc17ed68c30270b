import { expect, it } from '@jest/globals'

import { sniffMedia } from './sniff-media.ts'

const bytes = (...parts: readonly (string | readonly number[])[]): Uint8Array =>
  Buffer.concat(
    parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : Buffer.from(part))),
  )

it.each([
  ['image', 'image/jpeg', bytes([0xff, 0xd8, 0xff, 0xe0], 'JFIF')],
  ['image', 'image/gif', bytes('GIF89a', [1, 0, 1, 0])],
  ['image', 'image/avif', bytes([0, 0, 0, 28], 'ftypavif', [0, 0, 0, 0], 'mif1avif')],
  ['video', 'video/mp4', bytes([0, 0, 0, 24], 'ftypisom', [0, 0, 2, 0], 'isomiso2')],
  ['video', 'video/quicktime', bytes([0, 0, 0, 20], 'ftypqt  ', [0, 0, 2, 0], 'qt  ')],
  ['audio', 'audio/flac', bytes('fLaC', [0, 0, 0, 34])],
  ['audio', 'audio/mpeg', bytes('ID3', [4, 0, 0, 0x7f, 0x7f, 0x7f, 0x7f], 'tag')],
  ['pdf', 'application/pdf', bytes('%PDF-1.7')],
] as const)('knows %s: %s', async (mediaType, contentType, head) => {
  expect(await sniffMedia(head)).toEqual({ mediaType, contentType })
})

it.each([
  ['text', 'hello'],
  ['a playlist', '#EXTM3U\n#EXTINF:1,\nhttp://example.com/a.ts\n'],
  ['a playlist of concat', 'ffconcat version 1.0\nfile /etc/passwd\n'],
  ['an SVG', '<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"></svg>'],
  ['HTML', '<!doctype html><script>1</script>'],
  ['a ZIP', 'PK\x03\x04 and so on'],
  ['an executable', '\x7fELF\x02\x01\x01'],
])('opens no %s', async (_what, text) => {
  expect((await sniffMedia(bytes(text))).mediaType).toBe('unknown')
})
