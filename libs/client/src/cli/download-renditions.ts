import { createWriteStream } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { basename, dirname, join, resolve, sep } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { ReadableStream } from 'node:stream/web'

import { err } from '@zoetrope/contracts'

import type { ZoetropeClient } from '../client.ts'
import { collectPages } from '../client.ts'
import type { FileResult } from './file-result.ts'

/** One folder per file, named for it; files of the same name get a number. */
export function chooseFolders(outDirectory: string, files: readonly string[]): readonly string[] {
  const taken = new Set<string>()
  return files.map((file) => {
    const base = basename(file)
    let name = base
    for (let number = 2; taken.has(name); number += 1) name = `${base}-${number}`
    taken.add(name)
    return join(outDirectory, name)
  })
}

/** Downloads every ready rendition of a file into its folder: an image as a file, a package as a folder. */
export async function downloadRenditions(
  client: ZoetropeClient,
  { assetId, renditions }: FileResult,
  folder: string,
): Promise<void> {
  if (!assetId) return
  for (const rendition of renditions) {
    if (rendition.state !== 'ready') continue
    if (rendition.kind !== 'package') {
      if (rendition.url) await download(rendition.url, inside(folder, rendition.name))
      continue
    }
    const files = await collectPages((cursor) =>
      client.listRenditionFiles(assetId, rendition.name, { limit: 500, ...(cursor ? { cursor } : {}) }),
    )
    const packageFolder = inside(folder, rendition.name)
    for (const file of files) await download(file.url, inside(packageFolder, file.name))
  }
}

async function download(url: string, file: string): Promise<void> {
  const response = await fetch(url)
  if (!response.ok || !response.body) {
    await response.body?.cancel()
    throw err('BLOBS_UNAVAILABLE', { detail: `${url} answered ${response.status}.` })
  }
  await mkdir(dirname(file), { recursive: true })
  await pipeline(Readable.fromWeb(response.body as ReadableStream<Uint8Array>), createWriteStream(file))
}

/** Names come over the network: none may lead out of the folder. */
function inside(folder: string, name: string): string {
  const file = resolve(folder, name)
  if (!file.startsWith(resolve(folder) + sep))
    throw err('MESSAGE_INVALID', { detail: `A file is named "${name}".` })
  return file
}
