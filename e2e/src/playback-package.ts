import { appendFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { Parser as HlsParser } from 'm3u8-parser'
import { parse as parseDash } from 'mpd-parser'

import type { DecodedTrack } from './decode-media.ts'
import { decodeFile } from './run-decoder.ts'

/** One track of a package: its init segment and its media segments, as absolute URLs, in order. */
export interface PackageTrack {
  readonly type: 'video' | 'audio'
  readonly initUrl: string
  readonly segmentUrls: readonly string[]
  /** Sum of the segment durations that the manifest states. */
  readonly statedSeconds: number
}

/** Reads an HLS package: the multivariant playlist, then the playlist of every variant and of every audio rendition. */
export async function readHls(masterUrl: string): Promise<PackageTrack[]> {
  const master = parseHls(await fetchText(masterUrl))
  const audioUris = Object.values(master.mediaGroups?.AUDIO ?? {})
    .flatMap((group) => Object.values(group))
    .flatMap((entry) => (entry.uri ? [entry.uri] : []))
  const playlists = [
    ...(master.playlists ?? []).map((playlist) => ({
      type: 'video' as const,
      url: new URL(playlist.uri, masterUrl).href,
    })),
    ...audioUris.map((uri) => ({ type: 'audio' as const, url: new URL(uri, masterUrl).href })),
  ]
  return Promise.all(
    playlists.map(async ({ type, url }) => {
      const { segments = [] } = parseHls(await fetchText(url))
      const init = segments[0]?.map?.uri
      if (!init) throw new Error(`${url} has no EXT-X-MAP`)
      return {
        type,
        initUrl: new URL(init, url).href,
        segmentUrls: segments.map((segment) => new URL(segment.uri, url).href),
        statedSeconds: segments.reduce((sum, segment) => sum + segment.duration, 0),
      }
    }),
  )
}

/** Reads a DASH package. */
export async function readDash(manifestUrl: string): Promise<PackageTrack[]> {
  const manifest = parseDash(await fetchText(manifestUrl), { manifestUri: manifestUrl })
  const audioPlaylists = Object.values(manifest.mediaGroups?.AUDIO ?? {})
    .flatMap((group) => Object.values(group))
    .flatMap((entry) => entry.playlists ?? [])
  const all = [
    ...manifest.playlists.map((playlist) => ({ type: 'video' as const, playlist })),
    ...audioPlaylists.map((playlist) => ({ type: 'audio' as const, playlist })),
  ]
  return all.map(({ type, playlist }) => ({
    type,
    initUrl: playlist.segments[0]?.map?.resolvedUri ?? '',
    segmentUrls: playlist.segments.map((segment) => segment.resolvedUri),
    statedSeconds: playlist.segments.reduce((sum, segment) => sum + segment.duration, 0),
  }))
}

/** Fetches a track; decodes every segment on its own (with the init segment), and the whole. Answers what the whole gave. */
export async function decodeTrack(track: PackageTrack, scratch: string, name: string): Promise<DecodedTrack> {
  const init = await fetchBytes(track.initUrl)
  const whole = join(scratch, `${name}.mp4`)
  writeFileSync(whole, init)
  for (const [index, url] of track.segmentUrls.entries()) {
    const bytes = await fetchBytes(url)
    appendFileSync(whole, bytes)
    const alone = join(scratch, `${name}-${index}.mp4`)
    writeFileSync(alone, Buffer.concat([init, bytes]))
    const decoded = (await decodeFile(alone))[track.type]
    if (!decoded) throw new Error(`${url} decodes to nothing`)
  }
  const decoded = (await decodeFile(whole))[track.type]
  if (!decoded) throw new Error(`${name} decodes to nothing`)
  return decoded
}

interface HlsManifest {
  readonly playlists?: { uri: string }[]
  readonly segments?: { uri: string; duration: number; map?: { uri: string } }[]
  readonly mediaGroups?: { AUDIO?: Record<string, Record<string, { uri?: string }>> }
}

function parseHls(text: string): HlsManifest {
  const parser = new HlsParser()
  parser.push(text)
  parser.end()
  return parser.manifest as HlsManifest
}

async function fetchBytes(url: string): Promise<Buffer> {
  const response = await fetch(url)
  if (response.status !== 200) throw new Error(`${url} answered ${response.status}`)
  return Buffer.from(await response.arrayBuffer())
}

async function fetchText(url: string): Promise<string> {
  return (await fetchBytes(url)).toString('utf8')
}
