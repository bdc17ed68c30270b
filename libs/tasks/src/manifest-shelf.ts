import type { RenditionManifest as Manifest } from '@zoetrope/contracts'
import { RenditionManifest } from '@zoetrope/contracts'

import type { BlobPort } from './blob-port.ts'

/** A committed manifest, with the etag of its blob. */
export interface ShelvedManifest {
  readonly manifest: Manifest
  readonly etag: string
}

/** What was found under a content key. */
export type Found =
  | { readonly state: 'none' }
  | ({ readonly state: 'whole' } & ShelvedManifest)
  /** There is a manifest, but it cannot be read, or a file that it names is gone. */
  | { readonly state: 'broken'; readonly etag: string }

/** Where the manifest of a content key lies. */
export function manifestBlob(folder: string): string {
  return `${folder}/manifest.json`
}

/** Looks up the manifest of a content key, and whether all files that it names are there. */
export async function findManifest(blobs: BlobPort, folder: string): Promise<Found> {
  const blob = manifestBlob(folder)
  const facts = await blobs.head(blob)
  const text = facts && (await blobs.readText(blob))
  if (!facts || text === undefined) return { state: 'none' }
  const manifest = parseManifest(text)
  if (!manifest) return { state: 'broken', etag: facts.etag }
  for (const output of manifest.outputs) {
    const file = await blobs.head(output.blob)
    if (file?.sizeBytes !== output.sizeBytes) return { state: 'broken', etag: facts.etag }
  }
  return { state: 'whole', manifest, etag: facts.etag }
}

/** Commits a manifest where there is none, or over the broken one with this etag. `refused`: another was first. */
export async function commitManifest(
  blobs: BlobPort,
  folder: string,
  manifest: Manifest,
  brokenEtag: string | undefined,
): Promise<'committed' | 'refused'> {
  const answer = await blobs.write(
    manifestBlob(folder),
    JSON.stringify(manifest),
    { contentType: 'application/json' },
    brokenEtag === undefined ? { ifAbsent: true } : { ifMatch: brokenEtag },
  )
  return answer === 'refused' ? 'refused' : 'committed'
}

function parseManifest(text: string): Manifest | undefined {
  try {
    return RenditionManifest.safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}
