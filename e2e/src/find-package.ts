import { globSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** Path, within a folder of results, of the folder that holds the package: the one with a multivariant playlist. */
export function findPackage(folder: string): string {
  const [playlist] = globSync('**/master.m3u8', { cwd: folder })
  if (!playlist) throw new Error(`${folder} has no master.m3u8`)
  return join(dirname(playlist))
}
