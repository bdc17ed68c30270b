import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join, resolve } from 'node:path'

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import sharp from 'sharp'

import { expectedSize } from './src/expected-image.ts'
import { findPackage } from './src/find-package.ts'
import { mediaFiles, mediaFolder } from './src/media-files.ts'
import { decodeTrack, readDash, readHls } from './src/playback-package.ts'
import { decodeFile } from './src/run-decoder.ts'
import { runStart } from './src/run-start.ts'
import { serveFolder } from './src/serve-folder.ts'

const demo = resolve(import.meta.dirname, '..', 'examples', 'demo')
const images = mediaFolder
  ? [mediaFiles.jpegRotated, mediaFiles.pngAlpha, mediaFiles.webp].map((file) =>
      join(mediaFolder ?? '', file),
    )
  : [join(demo, 'photo.jpg')]
const videos = mediaFolder
  ? [mediaFiles.mp4, mediaFiles.mov].map((file) => join(mediaFolder ?? '', file))
  : [join(demo, 'clip.mp4')]
if (!mediaFolder) {
  process.stderr.write(
    'SKIPPED: PNG with alpha, WebP and MOV. ZOETROPE_MEDIA names no media set; only our two demo files are tried.\n',
  )
}

const scratch = mkdtempSync(join(tmpdir(), 'zoetrope-first-light-'))
const out = join(scratch, 'out')
let printed = { code: -1, output: '' }

beforeAll(async () => {
  const data = join(scratch, 'data')
  printed = await runStart(['--exit', '--data', data, '--out', out, ...images, ...videos])
}, 500_000)
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

describe('npm start -- --exit --out out FILES', () => {
  it('processes all of them and ends with exit code 0', () => {
    expect(printed).toMatchObject({ code: 0 })
    expect(printed.output).toMatch(/All \d+ apps answer, [\d.]+ s after the start/)
  })

  it('prints each rendition with its URL and size, and what each job cost', () => {
    const costs = printed.output.match(/succeeded {2}cost \$\d+\.\d{2,}/g)

    expect(costs).toHaveLength(images.length + videos.length)
    expect(printed.output).toMatch(/image +w320\.webp +\d+x\d+, [\d.]+ k?B +http:\/\/127\.0\.0\.1/)
    expect(printed.output).toMatch(/package .*http:\/\/127\.0\.0\.1:\d+\/p\/.*master\.m3u8/)
  })

  it.each(images.map((file) => [basename(file), file]))(
    'makes images of %s that open, upright, in the right size',
    async (name, source) => {
      const { hasAlpha } = await sharp(source).metadata()
      for (const [rendition, boundPx] of [
        ['w320.webp', 320],
        ['w800.webp', 800],
        ['w1600.webp', 1600],
        ['w1600.jpg', 1600],
      ] as const) {
        const file = join(out, name, rendition)
        // Decodes every pixel, not only the header.
        const { info } = await sharp(file).raw().toBuffer({ resolveWithObject: true })
        const { orientation, hasAlpha: keepsAlpha } = await sharp(file).metadata()
        const expected = await expectedSize(source, boundPx)

        expect(Math.abs(info.width - expected.widthPx)).toBeLessThanOrEqual(1)
        expect(Math.abs(info.height - expected.heightPx)).toBeLessThanOrEqual(1)
        expect(orientation ?? 1).toBe(1)
        expect(keepsAlpha).toBe(rendition.endsWith('.webp') && hasAlpha)
      }
    },
    60_000,
  )

  it.each(videos.map((file) => [basename(file), file]))(
    'makes one package of %s, for HLS and for DASH, that decodes to the same film',
    async (name, source) => {
      const folder = join(out, name)
      await using server = await serveFolder(folder)
      const packageUrl = `${server.url}/${findPackage(folder)}`
      const original = await decodeFile(source)
      const hls = await readHls(`${packageUrl}/master.m3u8`)
      const dash = await readDash(`${packageUrl}/manifest.mpd`)

      expect(hls.filter(({ type }) => type === 'video').length).toBeGreaterThanOrEqual(1)
      expect(hls.flatMap((track) => track.segmentUrls).toSorted()).toEqual(
        dash.flatMap((track) => track.segmentUrls).toSorted(),
      )
      const startsMs: Record<string, number> = {}
      for (const [index, track] of hls.entries()) {
        const decoded = await decodeTrack(track, scratch, `${index}-${name}`)
        const expected = original[track.type]!
        const tolerancePerType = { video: expected.frameMs, audio: (1024 * 1000) / expected.sampleRateHz }
        const lengthMs = decoded.endMs - decoded.startMs
        expect(Math.abs(lengthMs - (expected.endMs - expected.startMs))).toBeLessThanOrEqual(
          tolerancePerType[track.type] + 0.5,
        )
        startsMs[track.type] = decoded.startMs
      }
      if (original.audio && original.video) {
        const offsetMs = startsMs['audio']! - startsMs['video']!
        expect(Math.abs(offsetMs - (original.audio.startMs - original.video.startMs))).toBeLessThanOrEqual(1)
      }
    },
    180_000,
  )

  it.each(videos.map((file) => [basename(file)]))('makes a poster of %s that opens', async (name) => {
    const poster = ['poster.jpg', 'poster']
      .map((file) => join(out, name, file))
      .find((file) => existsSync(file))

    const { info } = await sharp(poster).raw().toBuffer({ resolveWithObject: true })

    expect(info.width).toBeGreaterThan(0)
  })
})
