import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'

import type { DecodedTrack } from './decode-media.ts'

/** Decodes a local file in a process of its own; fails when the file cannot be decoded to its end. */
export async function decodeFile(file: string): Promise<{ video?: DecodedTrack; audio?: DecodedTrack }> {
  const program = join(import.meta.dirname, 'decode-media.ts')
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', program, file],
    {
      maxBuffer: 1 << 24,
      timeout: 120_000,
    },
  )
  const tracks = JSON.parse(stdout.slice(stdout.indexOf('['))) as DecodedTrack[]
  const video = tracks.find((track) => track.type === 'video' && track.frames > 0)
  const audio = tracks.find((track) => track.type === 'audio' && track.frames > 0)
  return { ...(video ? { video } : {}), ...(audio ? { audio } : {}) }
}
