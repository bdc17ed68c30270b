import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'

/** Makes a 720p clip of this length, with sound. */
export async function makeClip(file: string, seconds: number): Promise<void> {
  const program = join(import.meta.dirname, 'write-clip.ts')
  await promisify(execFile)(process.execPath, [program, file, String(seconds)], {
    timeout: 180_000,
    maxBuffer: 1 << 24,
  })
}
