import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'

import { describe, expect, it, jest } from '@jest/globals'

import { aFolder, av, decode } from './run-av.ts'

jest.setTimeout(120_000)

const media = process.env['ZOETROPE_MEDIA'] ?? resolve(import.meta.dirname, '../../../../shared/media')
const isThere = existsSync(join(media, 'manifest.tsv'))
if (!isThere) process.stderr.write(`SKIPPED: real media. Not found: ${media} (set ZOETROPE_MEDIA).\n`)

const films = [
  'bbb-npm/video.mp4',
  'androidx-media/mp4/sample.mp4',
  'androidx-media/mp4/bt601.mov',
  'androidx-media/mp4/edit_list_positive_shift.mp4',
  'androidx-media/mp4/sample_rotate_and_reflect.mp4',
  'androidx-media/mp4/portrait_4k60.mp4',
  'androidx-media/mp4/sample_fragmented.mp4',
  'androidx-media/vp9/bear-vp9-odd-dimensions.webm',
  'androidx-media/flv/sample.flv',
  'androidx-media/ts/bbb_2500ms.ts',
  'androidx-media/mkv/sample_with_htc_rotation_track_name.mkv',
]
const recordings = [
  'androidx-media/mp3/bear-id3-numeric-genre.mp3',
  'androidx-media/flac/bear_with_picture.flac',
  'androidx-media/ogg/bear.opus',
  'androidx-media/wav/sample_8bit.wav',
]
const refused = [
  ['androidx-media/hls/standalone-webvtt/playlist_vtt.m3u8', 'SOURCE_TYPE_UNSUPPORTED'],
  ['androidx-media/dash/multi-segment-with-emsg0/manifest.mpd', 'SOURCE_TYPE_UNSUPPORTED'],
  ['androidx-media/ssa/empty', 'SOURCE_EMPTY'],
  ['androidx-media/mp4/sample_ac4_level4.mp4', 'SOURCE_CODEC_UNSUPPORTED'],
  ['androidx-media/cmaf/multi-segment/video_init.mp4', 'SOURCE_CORRUPT'],
] as const

const whereMediaIs = isThere ? describe : describe.skip

whereMediaIs('real media', () => {
  it.each([...films, ...recordings])('%s keeps its frames, its length and its offset', async (name) => {
    using folder = aFolder()
    const input = { path: join(media, name) }
    const original = await decode(input.path)
    const { result: probed } = await av.probe(input.path)

    const startsMs: number[] = []
    if (probed.video) {
      const { widthPx, heightPx, frameRate } = probed.video
      const scale = Math.min(1, 160 / Math.min(widthPx, heightPx))
      const size = { widthPx: Math.round(widthPx * scale), heightPx: Math.round(heightPx * scale) }
      await av.encodeVideoRung({ input, output: folder.file('v.mp4'), bitrateBps: 200_000, ...size })
      const { video } = await decode(folder.file('v.mp4'))
      const frameMs = frameRate ? (1000 * frameRate.den) / frameRate.num : 40

      expect(video!.damagedPackets).toBe(0)
      expect(video!.frames).toBe(original.video!.frames)
      expect(Math.abs(spanMs(video!) - spanMs(original.video!))).toBeLessThanOrEqual(frameMs + 1)
      startsMs.push(video!.timesMs[0]! - original.video!.timesMs[0]!)
    }
    if (probed.audio) {
      const { result } = await av.encodeAudio({ input, output: folder.file('a.mp4') })
      const { audio } = await decode(folder.file('a.mp4'))
      const seconds = original.audio!.samples / original.audio!.sampleRateHz

      expect(audio!.damagedPackets).toBe(0)
      expect(Math.abs(audio!.samples - seconds * result.sampleRateHz)).toBeLessThanOrEqual(1024)
      startsMs.push(audio!.timesMs[0]! - original.audio!.timesMs[0]!)
    }
    if (startsMs.length === 2) expect(Math.abs(startsMs[1]! - startsMs[0]!)).toBeLessThanOrEqual(1)
  })

  it.each(refused)('%s is refused: %s', async (name, code) => {
    await expect(av.probe(join(media, name))).rejects.toMatchObject({ code, retry: false })
  })
})

function spanMs(track: { readonly timesMs: readonly number[]; readonly endMs: number }): number {
  return track.endMs - (track.timesMs[0] ?? 0)
}
