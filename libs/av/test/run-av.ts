import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

import type { ErrorBody } from '@zoetrope/contracts'

import type {
  AudioOptions,
  CmafPackage,
  EncodedAudio,
  PackageOptions,
  Poster,
  PosterOptions,
  Probe,
  VideoRung,
  VideoRungOptions,
} from '../src/index.ts'
import type { SourceRecipe } from './recipe.ts'

/** What decoding one track gave; times in ms on the file's own clock. */
export interface DecodedTrack {
  kind: 'video' | 'audio'
  frames: number
  samples: number
  sampleRateHz: number
  timesMs: number[]
  keyTimesMs: number[]
  endMs: number
  widthPx: number
  heightPx: number
  meanLuma: number[]
  peak: number
  damagedPackets: number
}

interface Called<T> {
  readonly result: T
  readonly percents: readonly number[]
  readonly rssBytes: number
}

const run = promisify(execFile)
const limitMs = 60_000

async function script(name: string, ...args: readonly string[]): Promise<string> {
  const file = join(import.meta.dirname, name)
  const { stdout } = await run(process.execPath, ['--disable-warning=ExperimentalWarning', file, ...args], {
    timeout: limitMs,
    maxBuffer: 64 * 1024 * 1024,
  })
  return stdout
}

async function call<T>(name: string, options: object): Promise<Called<T>> {
  const answer = JSON.parse(await script('call-av.ts', name, JSON.stringify(options))) as
    | Called<T>
    | { readonly error: ErrorBody }
  if ('error' in answer) throw Object.assign(new Error(answer.error.title), answer.error)
  return answer
}

type Plain<T> = Omit<T, 'onProgress'>

/** The functions of av, each call in a process of its own. */
export const av = {
  probe: (path: string, options: object = {}) => call<Probe>('probe', { input: { path }, ...options }),
  encodeVideoRung: (options: Plain<VideoRungOptions>) => call<VideoRung>('encodeVideoRung', options),
  encodeAudio: (options: Plain<AudioOptions>) => call<EncodedAudio>('encodeAudio', options),
  packageCmaf: (options: Plain<PackageOptions>) => call<CmafPackage>('packageCmaf', options),
  extractPoster: (options: PosterOptions) => call<Poster>('extractPoster', options),
}

/** The tracks of a file, by kind. */
export interface Decoded {
  readonly video?: DecodedTrack
  readonly audio?: DecodedTrack
}

/** Decodes files with FFmpeg alone. */
export async function decodeAll(paths: readonly string[]): Promise<Decoded[]> {
  const files = JSON.parse(await script('decode-file.ts', ...paths)) as DecodedTrack[][]
  return files.map(
    (tracks) => Object.fromEntries(tracks.toReversed().map((track) => [track.kind, track])) as Decoded,
  )
}

/** Decodes one file. */
export async function decode(path: string): Promise<Decoded> {
  const [decoded] = await decodeAll([path])
  return decoded!
}

/** Makes a source. */
export async function makeSource(recipe: SourceRecipe): Promise<string> {
  await script('make-source.ts', JSON.stringify(recipe))
  return recipe.path
}

/** A folder that goes with the test. */
export function aFolder() {
  const path = mkdtempSync(join(tmpdir(), 'zoetrope-av-'))
  return {
    path,
    file: (name: string) => join(path, name),
    [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }),
  }
}
