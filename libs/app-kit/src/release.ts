import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Which build an app runs: what `/health` answers, and what a deployment is compared by. */
export interface Release {
  /** Version and hash of the content, as its package says: equal content has an equal version. */
  readonly version: string
}

/**
 * Reads which release lies in this folder: the package.json that packaging puts beside the bundle.
 *
 * Sources that run unbuilt have none beside them: their version is `source`.
 */
export function readRelease(folder: string): Release {
  let text: string
  try {
    text = readFileSync(join(folder, 'package.json'), 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { version: 'source' }
    throw error
  }
  const { version = 'unknown' } = JSON.parse(text) as Partial<Release>
  return { version }
}
