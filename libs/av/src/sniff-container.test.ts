import { describe, expect, it } from '@jest/globals'

import { id3LengthBytes, sniffContainer } from './sniff-container.ts'

const bytes = (text: string): Buffer => Buffer.from(text.padEnd(600, '\0'), 'latin1')

describe('what a file is', () => {
  it.each([
    ['mp4', '\0\0\0\x20ftypisom'],
    ['quicktime', '\0\0\0\x14ftypqt  '],
    ['webm', '\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\x82\x84webm'],
    ['matroska', '\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\x82\x88matroska'],
    ['wav', 'RIFF\x10\0\0\0WAVEfmt '],
    ['avi', 'RIFF\x10\0\0\0AVI LIST'],
    ['ogg', 'OggS'],
    ['flac', 'fLaC'],
    ['mp3', '\xff\xfb\x90\x00'],
    ['mp3', 'ID3\x04\0\0\0\0\0\x10'],
    ['aac', '\xff\xf1\x50\x80'],
    ['mpegts', `G${'\0'.repeat(187)}G${'\0'.repeat(187)}G`],
  ])('%s by its first bytes', (name, head) => {
    expect(sniffContainer(bytes(head))?.name).toBe(name)
  })

  it.each([
    ['text', 'Dear film'],
    ['UTF-16', '\xff\xfeD\0e\0a\0r\0'],
    ['a playlist', '#EXTM3U\n'],
    ['a manifest', '<?xml version="1.0"?><MPD>'],
    ['a picture', '\xff\xd8\xff\xe0'],
    ['a still of a phone', '\0\0\0\x18ftypheic'],
    ['SDP', 'v=0\r\no=- 0 0 IN IP4 127.0.0.1'],
    ['nothing', ''],
  ])('%s is nothing that is opened', (_what, head) => {
    expect(sniffContainer(bytes(head))).toBeUndefined()
  })

  it('looks behind an ID3 tag', () => {
    expect(id3LengthBytes(bytes('ID3\x04\0\0\0\0\x01\x00'))).toBe(138)
    expect(sniffContainer(bytes('ID3\x04\0\0\0\0\x01\x00'), bytes('fLaC'))?.name).toBe('flac')
  })
})
