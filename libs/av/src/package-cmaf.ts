import { mkdir, open, stat, writeFile } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { join } from 'node:path'

import { err } from '@zoetrope/contracts'

import { writeDashManifest } from './dash-manifest.ts'
import { groupSegments } from './group-segments.ts'
import type { Segment } from './group-segments.ts'
import { writeMasterPlaylist, writeMediaPlaylist } from './hls-playlists.ts'
import { box, text, u32 } from './mp4/write-box.ts'
import { readTrackFile } from './mp4/track-file.ts'
import type { TrackFile } from './mp4/track-file.ts'
import { initName, segmentName } from './packaged-track.ts'
import type { PackagedTrack } from './packaged-track.ts'
import { progressMeter } from './progress.ts'
import type { OnProgress } from './progress.ts'

/** A track file, under the name that its files and its playlist get. */
export interface TrackInput {
  /** Letters, digits, `-`. */
  readonly name: string
  readonly path: string
}

/** What {@link packageCmaf} is asked for. */
export interface PackageOptions {
  readonly videoInputs: readonly TrackInput[]
  readonly audioInput?: TrackInput
  readonly outputDirectory: string
  readonly segmentSeconds?: number
  readonly onProgress?: OnProgress
}

/** One file of a package. */
export interface PackagedFile {
  /** Relative to the output directory; flat. */
  readonly name: string
  readonly contentType: string
  readonly sizeBytes: number
}

/** What {@link packageCmaf} wrote. */
export interface CmafPackage {
  readonly durationMs: number
  readonly files: readonly PackagedFile[]
  /** Names of the two ways in. */
  readonly hls: string
  readonly dash: string
}

/**
 * Cuts track files into one set of segments and writes the manifests of HLS and DASH over them. Nothing is encoded or
 * even decoded: segments are whole fragments, byte for byte.
 *
 * @throws PARAMETERS_INVALID without a track, SOURCE_CORRUPT SOURCE_TRUNCATED for files that are not ours
 */
export async function packageCmaf(options: PackageOptions): Promise<CmafPackage> {
  const segmentSeconds = options.segmentSeconds ?? 4
  const inputs = [...options.videoInputs, ...(options.audioInput ? [options.audioInput] : [])]
  if (inputs.length === 0) throw err('PARAMETERS_INVALID', { detail: 'There is no track to package.' })
  if (new Set(inputs.map(({ name }) => name)).size < inputs.length) {
    throw err('PARAMETERS_INVALID', { detail: 'Two tracks have the same name.' })
  }
  await mkdir(options.outputDirectory, { recursive: true })
  const tracks: PackagedTrack[] = []
  for (const { name, path } of inputs)
    tracks.push(describeTrack(name, await readTrackFile(path), segmentSeconds))

  const total = tracks.reduce((sum, { segments }) => sum + segments.length, 0)
  const meter = progressMeter(total, options.onProgress)
  const files: PackagedFile[] = []
  let done = 0
  for (const track of tracks) {
    for (const file of await writeInit(track, options.outputDirectory)) files.push(file)
    const source = await open(track.file.path, 'r')
    try {
      for (const [index, segment] of track.segments.entries()) {
        files.push(
          await writeSegment(source, segment, options.outputDirectory, segmentName(track.name, index + 1)),
        )
        done += 1
        await meter.tick(done)
      }
    } finally {
      await source.close()
    }
  }
  const durationMs = Math.max(...tracks.map(endMs))
  for (const file of await writeManifests(tracks, options.outputDirectory, durationMs)) files.push(file)
  meter.end()
  return { durationMs, files, hls: 'master.m3u8', dash: 'manifest.mpd' }
}

function describeTrack(name: string, file: TrackFile, segmentSeconds: number): PackagedTrack {
  const segments = groupSegments(file.fragments, { timescale: file.timescale, segmentSeconds })
  const seconds = segments.reduce((sum, { durationTicks }) => sum + durationTicks, 0) / file.timescale
  const bytes = segments.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
  const averageBps = Math.ceil((bytes * 8) / seconds)
  // RFC 8216 §4.3.4.2: the peak counts runs of half to one and a half target durations; a short last segment is no run.
  const runs = segments.filter(({ durationTicks }) => durationTicks >= (segmentSeconds * file.timescale) / 2)
  const peaks = runs.map(({ sizeBytes, durationTicks }) =>
    Math.ceil((sizeBytes * 8 * file.timescale) / durationTicks),
  )
  return { name, file, segments, averageBps, peakBps: Math.max(averageBps, ...peaks) }
}

function endMs({ file, segments }: PackagedTrack): number {
  const last = segments.at(-1)
  return last ? ((last.startTicks + last.durationTicks) * 1000) / file.timescale : 0
}

async function writeInit(track: PackagedTrack, directory: string): Promise<PackagedFile[]> {
  const name = initName(track.name)
  await writeFile(join(directory, name), track.file.init)
  return [{ name, contentType: contentTypeOf(track.file), sizeBytes: track.file.init.length }]
}

/** Brands of a segment: DASH media segment, CMAF segment. */
const segmentType = box('styp', text('msdh'), u32(0), text('msdhmsixcmfs'))

async function writeSegment(
  source: FileHandle,
  segment: Segment,
  directory: string,
  name: string,
): Promise<PackagedFile> {
  const path = join(directory, name)
  await writeFile(path, segmentType)
  const target = await open(path, 'a')
  try {
    for (const { offsetBytes, sizeBytes } of segment.fragments) {
      const bytes = Buffer.alloc(sizeBytes)
      await source.read(bytes, 0, sizeBytes, offsetBytes)
      await target.write(bytes)
    }
  } finally {
    await target.close()
  }
  return { name, contentType: 'video/iso.segment', sizeBytes: (await stat(path)).size }
}

async function writeManifests(
  tracks: readonly PackagedTrack[],
  directory: string,
  durationMs: number,
): Promise<PackagedFile[]> {
  const playlist = 'application/vnd.apple.mpegurl'
  const manifests = [
    ...tracks.map((track) => ({
      name: `${track.name}.m3u8`,
      contentType: playlist,
      body: writeMediaPlaylist(track),
    })),
    { name: 'master.m3u8', contentType: playlist, body: writeMasterPlaylist(tracks) },
    {
      name: 'manifest.mpd',
      contentType: 'application/dash+xml',
      body: writeDashManifest(tracks, durationMs),
    },
  ]
  for (const { name, body } of manifests) await writeFile(join(directory, name), body)
  return manifests.map(({ name, contentType, body }) => ({
    name,
    contentType,
    sizeBytes: Buffer.byteLength(body),
  }))
}

function contentTypeOf({ kind }: TrackFile): string {
  return kind === 'video' ? 'video/mp4' : 'audio/mp4'
}
