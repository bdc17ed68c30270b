import { readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs'

import { describe, expect, it, jest } from '@jest/globals'

import { aFolder, av, decode, makeSource } from './run-av.ts'

jest.setTimeout(120_000)

const video = { width: 320, height: 180, frames: 50, fps: 25 }
const audio = { samples: 96_000, sampleRate: 48_000 }
const rung = { widthPx: 160, heightPx: 90, bitrateBps: 150_000 }

describe('a source whose clock does not run through', () => {
  it.each([
    ['begins anew', 0],
    ['leaps ahead by a minute', 60_000],
  ])('keeps every frame and sample, together, where it %s in the middle', async (_how, startMs) => {
    using folder = aFolder()
    const first = await makeSource({ path: folder.file('a.ts'), format: 'mpegts', video, audio })
    const second = await makeSource({
      path: folder.file('b.ts'),
      format: 'mpegts',
      video: { ...video, startMs },
      audio: { ...audio, startMs },
    })
    const input = { path: folder.file('film.ts') }
    writeFileSync(input.path, Buffer.concat([readFileSync(first), readFileSync(second)]))

    const { result: probed } = await av.probe(input.path)
    const { result: rungMade } = await av.encodeVideoRung({ input, output: folder.file('v.mp4'), ...rung })
    const { result: sound } = await av.encodeAudio({ input, output: folder.file('s.mp4') })

    const picture = (await decode(folder.file('v.mp4'))).video!
    const gapsMs = picture.timesMs.slice(1).map((timeMs, index) => timeMs - picture.timesMs[index]!)
    expect(Math.abs(probed.durationMs - 4000)).toBeLessThan(100)
    expect(probed.video!.packets).toBe(100)
    expect(picture.frames).toBe(100)
    expect(Math.max(...gapsMs)).toBeLessThan(120)
    expect(Math.abs(rungMade.durationMs - 4000)).toBeLessThan(100)
    expect(Math.abs(sound.durationMs - 4000)).toBeLessThan(100)
    expect(Math.abs(rungMade.startMs - sound.startMs)).toBeLessThan(50)
  })

  it('keeps both of two recordings shorter than a second', async () => {
    using folder = aFolder()
    const path = await makeSource({
      path: folder.file('a.ts'),
      format: 'mpegts',
      video: { ...video, frames: 20 },
      audio: { ...audio, samples: 38_400 },
    })
    const bytes = readFileSync(path)
    writeFileSync(path, Buffer.concat([bytes, bytes]))

    const { result } = await av.probe(path)

    expect(Math.abs(result.durationMs - 1600)).toBeLessThan(100)
  })

  it('keeps a still of 20 s in a film whose container has an index', async () => {
    using folder = aFolder()
    const timesMs = Array.from({ length: 50 }, (_, index) => index * 40 + (index > 25 ? 20_000 : 0))
    const path = await makeSource({
      path: folder.file('still.mkv'),
      format: 'matroska',
      video: { ...video, timesMs },
    })

    const { result } = await av.probe(path)

    expect(result.durationMs).toBeGreaterThan(21_900)
  })
})

describe('a source that ends before the duration it states', () => {
  it.each(['matroska', 'webm'])('is called truncated in %s, as in MP4', async (format) => {
    using folder = aFolder()
    const isWebm = format === 'webm'
    const path = await makeSource({
      path: folder.file('film'),
      format,
      video: { ...video, frames: 75, ...(isWebm ? { codec: 'libvpx' } : {}) },
      ...(isWebm ? {} : { audio: { ...audio, samples: 144_000 } }),
    })
    await expect(av.probe(path)).resolves.toMatchObject({ result: { container: format } })

    truncateSync(path, Math.floor(statSync(path).size * 0.3))

    await expect(av.probe(path)).rejects.toMatchObject({ code: 'SOURCE_TRUNCATED', retry: false })
  })
})

describe('10 ms of sound', () => {
  it.each([
    ['wav', { codec: 'pcm_s16le', sampleFormat: 's16' }],
    ['ipod', { codec: 'aac' }],
    ['ogg', { codec: 'libopus', sampleFormat: 'flt' }],
    ['mp3', { codec: 'libmp3lame' }],
  ])('last 10 ms in %s', async (format, codec) => {
    using folder = aFolder()
    const path = await makeSource({
      path: folder.file('blip'),
      format,
      audio: { samples: 480, sampleRate: 48_000, ...codec },
    })

    const { result } = await av.probe(path)

    expect(result.durationMs).toBeCloseTo(10, 0)
    expect(result.audio!.bitrateBps).toBeGreaterThan(0)
  })
})
