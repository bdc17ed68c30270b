import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { appendFileSync, readFileSync, readdirSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { describe, expect, it, jest } from '@jest/globals'
import { Parser as HlsParser } from 'm3u8-parser'
import { parse as parseDash } from 'mpd-parser'

import type { SourceRecipe } from './recipe.ts'
import { aFolder, av, decode, decodeAll, makeSource } from './run-av.ts'

jest.setTimeout(120_000)

const picture = { width: 320, height: 180, frames: 130, fps: 25 }
const sound = { samples: 250_000, sampleRate: 48_000 }
const rung = { widthPx: 160, heightPx: 90, bitrateBps: 150_000 }
const quarterTurn = [0, 65_536, 0, -65_536, 0, 0, 0, 0, 0x4000_0000]

type Folder = ReturnType<typeof aFolder>

const aFilm = (folder: Folder, recipe: Partial<SourceRecipe> = {}) =>
  makeSource({ path: folder.file('film.mp4'), format: 'mp4', video: picture, audio: sound, ...recipe })

/** Encodes two rungs and the sound, and packages them. */
async function toPackage(folder: Folder, source: string, tracks: { video: boolean; audio: boolean }) {
  const input = { path: source }
  const videoInputs = []
  for (const [name, size] of tracks.video
    ? ([
        ['low', rung],
        ['high', { ...rung, widthPx: 320, heightPx: 180 }],
      ] as const)
    : []) {
    await av.encodeVideoRung({ input, output: folder.file(`${name}.mp4`), ...size })
    videoInputs.push({ name, path: folder.file(`${name}.mp4`) })
  }
  const audioInput = { name: 'sound', path: folder.file('sound.mp4') }
  if (tracks.audio) await av.encodeAudio({ input, output: audioInput.path })
  const outputDirectory = folder.file('package')
  const { result } = await av.packageCmaf({
    videoInputs,
    ...(tracks.audio ? { audioInput } : {}),
    outputDirectory,
    segmentSeconds: 2,
  })
  return { ...result, directory: outputDirectory }
}

/** A playlist as hls.js's neighbour reads it. */
function readPlaylist(file: string) {
  const parser = new HlsParser()
  parser.push(readFileSync(file, 'utf8'))
  parser.end()
  return parser.manifest as {
    playlists?: { uri: string; attributes: Record<string, unknown> }[]
    segments?: { uri: string; duration: number; map: { uri: string } }[]
    mediaGroups?: { AUDIO?: Record<string, Record<string, { uri?: string }>> }
    targetDuration?: number
  }
}

/** Puts a track of a package together again; decodes each of its segments alone on the way. */
async function decodePlaylist(folder: Folder, directory: string, playlist: string) {
  const { segments = [] } = readPlaylist(join(directory, playlist))
  const init = readFileSync(join(directory, segments[0]!.map.uri))
  const whole = folder.file(`${playlist}.whole.mp4`)
  writeFileSync(whole, init)
  for (const { uri } of segments) {
    const bytes = readFileSync(join(directory, uri))
    appendFileSync(whole, bytes)
    writeFileSync(folder.file(`${uri}.alone.mp4`), Buffer.concat([init, bytes]))
  }
  const [decoded, ...alone] = await decodeAll([
    whole,
    ...segments.map(({ uri }) => folder.file(`${uri}.alone.mp4`)),
  ])
  for (const [index, { video, audio }] of alone.entries()) {
    const track = (video ?? audio)!
    expect(track.damagedPackets).toBe(0)
    expect(track.endMs - track.timesMs[0]!).toBeGreaterThan(segments[index]!.duration * 1000 - 45)
  }
  return {
    track: (decoded!.video ?? decoded!.audio)!,
    seconds: segments.reduce((sum, { duration }) => sum + duration, 0),
  }
}

describe('a package of a film', () => {
  it('decodes to the same film: every segment, length, offset, in HLS and in DASH', async () => {
    using folder = aFolder()
    const source = await aFilm(folder)
    const original = await decode(source)
    const made = await toPackage(folder, source, { video: true, audio: true })

    const master = readPlaylist(join(made.directory, 'master.m3u8'))
    const low = await decodePlaylist(folder, made.directory, 'low.m3u8')
    const high = await decodePlaylist(folder, made.directory, 'high.m3u8')
    const audio = await decodePlaylist(folder, made.directory, 'sound.m3u8')

    expect(
      master.playlists!.map(({ uri, attributes }) => [uri, attributes['RESOLUTION'], attributes['CODECS']]),
    ).toEqual([
      ['low.m3u8', { width: 160, height: 90 }, expect.stringMatching(/^avc1\.64[0-9A-F]{4},mp4a\.40\.2$/)],
      ['high.m3u8', { width: 320, height: 180 }, expect.stringMatching(/^avc1\.64[0-9A-F]{4},mp4a\.40\.2$/)],
    ])
    for (const { track, seconds } of [low, high]) {
      expect(track.frames).toBe(130)
      expect(track.timesMs[0]).toBe(0)
      expect(Math.abs(track.endMs - original.video!.endMs)).toBeLessThanOrEqual(40)
      expect(seconds).toBeCloseTo(5.2, 5)
    }
    expect(low.track.keyTimesMs).toEqual([0, 2000, 4000])
    expect(high.track.keyTimesMs).toEqual(low.track.keyTimesMs)
    expect(Math.abs(audio.track.samples - 250_000)).toBeLessThanOrEqual(1024)
    expect(audio.track.timesMs[0]).toBe(0)

    const dash = parseDash(readFileSync(join(made.directory, 'manifest.mpd'), 'utf8'), {
      manifestUri: 'http://x/manifest.mpd',
    })
    const named = [
      ...dash.playlists,
      ...Object.values(dash.mediaGroups!.AUDIO!).flatMap((group) =>
        Object.values(group).flatMap(({ playlists = [] }) => playlists),
      ),
    ].flatMap(({ segments }) => segments.map(({ resolvedUri }) => resolvedUri.slice('http://x/'.length)))
    expect(named.toSorted()).toEqual(
      readdirSync(made.directory)
        .filter((name) => name.endsWith('.m4s'))
        .toSorted(),
    )
    expect(made.files.map(({ name }) => name).toSorted()).toEqual(readdirSync(made.directory).toSorted())
  })

  it.each([
    ['later', 0, 700],
    ['earlier', 1300, 0],
  ])('keeps sound that begins %s where it was', async (_which, videoStartMs, audioStartMs) => {
    using folder = aFolder()
    const source = await aFilm(folder, {
      video: { ...picture, startMs: videoStartMs },
      audio: { ...sound, startMs: audioStartMs },
    })
    const original = await decode(source)
    const made = await toPackage(folder, source, { video: true, audio: true })

    const video = await decodePlaylist(folder, made.directory, 'low.m3u8')
    const audio = await decodePlaylist(folder, made.directory, 'sound.m3u8')

    const offsetMs = audio.track.timesMs[0]! - video.track.timesMs[0]!
    expect(
      Math.abs(offsetMs - (original.audio!.timesMs[0]! - original.video!.timesMs[0]!)),
    ).toBeLessThanOrEqual(1)
    expect(video.track.frames).toBe(130)
  })

  it('is made of a silent film', async () => {
    using folder = aFolder()
    const source = await makeSource({ path: folder.file('silent.mp4'), format: 'mp4', video: picture })
    const made = await toPackage(folder, source, { video: true, audio: false })

    expect(readPlaylist(join(made.directory, 'master.m3u8')).playlists![0]!.attributes['CODECS']).toMatch(
      /^avc1\.[0-9A-F]{6}$/,
    )
    expect((await decodePlaylist(folder, made.directory, 'low.m3u8')).track.frames).toBe(130)
    await expect(
      av.encodeAudio({ input: { path: source }, output: folder.file('no.mp4') }),
    ).rejects.toMatchObject({
      code: 'SOURCE_NO_STREAMS',
    })
  })

  it('is refused where there is no track, or a file that is not ours', async () => {
    using folder = aFolder()
    writeFileSync(folder.file('not.mp4'), '\0\0\0\0 not a film')

    const outputDirectory = folder.file('package')
    await expect(av.packageCmaf({ videoInputs: [], outputDirectory })).rejects.toMatchObject({
      code: 'PARAMETERS_INVALID',
    })
    await expect(
      av.packageCmaf({ videoInputs: [{ name: 'v', path: folder.file('not.mp4') }], outputDirectory }),
    ).rejects.toMatchObject({ code: 'SOURCE_CORRUPT' })
  })
})

describe('a recording', () => {
  it.each([
    ['wav', { codec: 'pcm_s16le', sampleFormat: 's16' }],
    ['flac', { codec: 'flac', sampleFormat: 's16', frameSize: 4608 }],
    ['mp3', { codec: 'libmp3lame', frameSize: 1152 }],
    ['ogg', { codec: 'libopus', sampleFormat: 'flt', sampleRate: 48_000, frameSize: 960 }],
    ['ipod', { codec: 'aac' }],
    ['matroska', { codec: 'pcm_s16le', sampleFormat: 's16', channels: 6 }],
  ])('in %s becomes AAC of the same length, packaged', async (format, codec) => {
    using folder = aFolder()
    const audio = { samples: 200_123, sampleRate: 44_100, ...codec }
    const source = await makeSource({ path: folder.file('recording'), format, audio })
    const original = await decode(source)
    const { result: probed } = await av.probe(source)
    const made = await toPackage(folder, source, { video: false, audio: true })

    const { track } = await decodePlaylist(folder, made.directory, 'sound.m3u8')

    expect(probed.video).toBeUndefined()
    expect(Math.abs(probed.durationMs - (original.audio!.samples * 1000) / audio.sampleRate)).toBeLessThan(60)
    expect(track.sampleRateHz).toBe(audio.sampleRate)
    expect(Math.abs(track.samples - original.audio!.samples)).toBeLessThanOrEqual(1024)
    expect(track.peak).toBeGreaterThan(0.05)
    expect(readPlaylist(join(made.directory, 'master.m3u8')).playlists).toMatchObject([
      { uri: 'sound.m3u8', attributes: { CODECS: 'mp4a.40.2' } },
    ])
    await expect(
      av.encodeVideoRung({ input: { path: source }, output: folder.file('no.mp4'), ...rung }),
    ).rejects.toMatchObject({ code: 'SOURCE_NO_STREAMS' })
  })
})

describe('a rung', () => {
  it('keeps the times of a film with a variable frame rate', async () => {
    using folder = aFolder()
    const timesMs = Array.from(
      { length: 60 },
      (_, index) => index * 40 + (index % 3) * 12 + (index > 30 ? 900 : 0),
    )
    const source = await aFilm(folder, { video: { ...picture, frames: 60, timesMs } })
    const original = await decode(source)

    const { result } = await av.encodeVideoRung({
      input: { path: source },
      output: folder.file('o.mp4'),
      ...rung,
    })

    const { video } = await decode(folder.file('o.mp4'))
    expect(result.frames).toBe(60)
    for (const [index, timeMs] of video!.timesMs.entries())
      expect(Math.abs(timeMs - original.video!.timesMs[index]!)).toBeLessThan(0.1)
    expect(Math.abs(video!.endMs - original.video!.endMs)).toBeLessThanOrEqual(41)
  })

  it('stands upright where the source was filmed sideways', async () => {
    using folder = aFolder()
    const source = await aFilm(folder, { video: { ...picture, matrix: quarterTurn } })
    const { result: probed } = await av.probe(source)

    await av.encodeVideoRung({
      input: { path: source },
      output: folder.file('o.mp4'),
      ...rung,
      widthPx: 90,
      heightPx: 160,
    })

    expect(probed.video).toMatchObject({
      codedWidthPx: 320,
      widthPx: 180,
      heightPx: 320,
      orientation: { rotationDegrees: 90 },
    })
    expect(await decode(folder.file('o.mp4'))).toMatchObject({ video: { widthPx: 90, heightPx: 160 } })
    expect((await av.probe(folder.file('o.mp4'))).result.video!.orientation.rotationDegrees).toBe(0)
  })

  it('is even and never larger than the source, whatever was asked for', async () => {
    using folder = aFolder()
    const source = await makeSource({
      path: folder.file('odd.mkv'),
      format: 'matroska',
      video: { ...picture, width: 321, height: 181, codec: 'mpeg4' },
    })

    const { result, percents } = await av.encodeVideoRung({
      input: { path: source },
      output: folder.file('o.mp4'),
      widthPx: 1920,
      heightPx: 1080,
      bitrateBps: 400_000,
    })

    expect(result).toMatchObject({ widthPx: 320, heightPx: 180, frames: 130 })
    expect(percents.at(-1)).toBe(100)
    expect(percents).toEqual([...new Set(percents)].toSorted((a, b) => a - b))
    expect(percents.length).toBeGreaterThan(10)
  })

  it('holds memory to a group of pictures, not to the film', async () => {
    using folder = aFolder()
    const source = await aFilm(folder, { video: { ...picture, width: 640, height: 360, frames: 1500 } })

    const { rssBytes } = await av.encodeVideoRung({
      input: { path: source },
      output: folder.file('o.mp4'),
      ...rung,
    })

    // Decoded, the film is 518 MB.
    expect(rssBytes).toBeLessThan(350 * 2 ** 20)
  })
})

describe('a poster', () => {
  it('is not the black at the start, and stands upright', async () => {
    using folder = aFolder()
    const source = await aFilm(folder, {
      video: { ...picture, matrix: quarterTurn, filter: "drawbox=t=fill:c=black:enable='lt(t,1)'" },
    })

    const { result } = await av.extractPoster({
      input: { path: source },
      output: folder.file('p.jpg'),
      widthPx: 90,
      atMs: 0,
    })

    const { video } = await decode(folder.file('p.jpg'))
    expect(result).toMatchObject({ widthPx: 90, heightPx: 160 })
    expect(result.atMs).toBeGreaterThanOrEqual(990)
    expect(video).toMatchObject({ widthPx: 90, heightPx: 160 })
    expect(video!.meanLuma[0]).toBeGreaterThan(40)
  })
})

describe('a file that is not what it says', () => {
  it.each([
    ['an empty file', '', 'SOURCE_EMPTY'],
    ['text', 'Dear film,\nyou are a letter.\n'.repeat(100), 'SOURCE_TYPE_UNSUPPORTED'],
    ['text with a byte order mark', '\uFEFFfilm', 'SOURCE_TYPE_UNSUPPORTED'],
    ['a concat script', "ffconcat version 1.0\nfile '/etc/passwd'\n", 'SOURCE_TYPE_UNSUPPORTED'],
  ])('%s is refused', async (_what, content, code) => {
    using folder = aFolder()
    writeFileSync(folder.file('film.mp4'), content, code === 'SOURCE_TYPE_UNSUPPORTED' ? 'utf16le' : 'utf8')
    writeFileSync(folder.file('utf8.mp4'), content)

    await expect(av.probe(folder.file('film.mp4'))).rejects.toMatchObject({ code, retry: false })
    await expect(av.probe(folder.file('utf8.mp4'))).rejects.toMatchObject({ code, retry: false })
  })

  it('a playlist reaches no network, alone or behind the head of a film', async () => {
    using folder = aFolder()
    let requests = 0
    const server = createServer((_request, response) => {
      requests += 1
      response.end()
    }).listen(0, '127.0.0.1')
    await new Promise((resolve) => server.once('listening', resolve))
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/secret`
    const playlist = `#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n${address}\n#EXT-X-ENDLIST\n`
    const ftyp = Buffer.from('\0\0\0\x18ftypmp42\0\0\0\0mp42isom', 'latin1')
    const avi = Buffer.from('RIFF\0\0\0\0AVI LIST\0\0\0\0movi00dc\0\0\0\0', 'latin1')
    writeFileSync(folder.file('0.mp4'), playlist)
    writeFileSync(folder.file('1.mp4'), Buffer.concat([ftyp, Buffer.from(playlist)]))
    writeFileSync(folder.file('2.mp4'), Buffer.concat([avi, Buffer.from(playlist)]))

    const codes = []
    for (const index of [0, 1, 2]) {
      const refused = await av.probe(folder.file(`${index}.mp4`)).catch((error: { code: string }) => error)
      codes.push((refused as { code: string }).code)
    }
    server.close()

    expect(codes[0]).toBe('SOURCE_TYPE_UNSUPPORTED')
    expect(codes.every((code) => code.startsWith('SOURCE_'))).toBe(true)
    expect(requests).toBe(0)
  })

  it.each([
    ['with its index at the end', {}, 'SOURCE_TRUNCATED'],
    ['with its index at the start', { movflags: '+faststart' }, 'SOURCE_TRUNCATED'],
  ])('a film cut off %s is called truncated', async (_where, options, code) => {
    using folder = aFolder()
    const source = await aFilm(folder, { options })
    truncateSync(source, 150_000)

    await expect(av.probe(source)).rejects.toMatchObject({ code, category: 'input' })
  })

  it('a film of noise is called corrupt', async () => {
    using folder = aFolder()
    const source = await aFilm(folder)
    const bytes = readFileSync(source)
    const [start, end] = [bytes.indexOf('mdat') + 4, bytes.indexOf('moov') - 4]
    for (let at = start; at < end; at += 1) bytes[at] = (at * 2_654_435_761) >>> 13
    writeFileSync(source, bytes)

    await expect(av.probe(source)).rejects.toMatchObject({ category: 'input' })
  })

  it('more pixels, frames or seconds than the limits allow are refused', async () => {
    using folder = aFolder()
    const source = await aFilm(folder)
    const limits = { maxPixels: 1e9, maxDurationMs: 1e9, maxFrames: 1e9, maxTotalPixels: 1e15 }

    for (const limit of [
      { maxPixels: 50_000 },
      { maxDurationMs: 5000 },
      { maxFrames: 100 },
      { maxTotalPixels: 7e6 },
    ])
      await expect(av.probe(source, { limits: { ...limits, ...limit } })).rejects.toMatchObject({
        code: 'SOURCE_LIMIT_EXCEEDED',
      })
    await expect(av.probe(source, { limits })).resolves.toMatchObject({ result: { container: 'mp4' } })
  })
})
