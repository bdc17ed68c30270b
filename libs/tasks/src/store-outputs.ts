import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { join } from 'node:path'

import type { TaskOutput } from '@zoetrope/contracts'

import type { BlobPort } from './blob-port.ts'
import type { ChildOutput } from './child-protocol.ts'

/** A package has hundreds of small files: so many at a time. */
const concurrency = 4

/** Names are content-addressed, so what lies under one never changes. */
const cacheControl = 'public, max-age=31536000, immutable'

/** Uploads what a child made into the folder of this execution; answers it in the order in which the child named it. */
export async function storeOutputs(
  blobs: BlobPort,
  outputs: readonly ChildOutput[],
  from: string,
  to: { readonly folder: string; readonly signal: AbortSignal },
): Promise<TaskOutput[]> {
  const stored: TaskOutput[] = []
  const queue = [...outputs.entries()]
  const work = async (): Promise<void> => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      to.signal.throwIfAborted()
      const [index, output] = next
      stored[index] = await storeOutput(blobs, output, join(from, output.path), `${to.folder}/${output.path}`)
    }
  }
  try {
    await Promise.all(Array.from({ length: concurrency }, work))
  } finally {
    // Where one failed, the others begin no further file.
    queue.length = 0
  }
  return stored
}

async function storeOutput(
  blobs: BlobPort,
  output: ChildOutput,
  file: string,
  blob: string,
): Promise<TaskOutput> {
  const { name, contentType, media = {} } = output
  const { sha256, sizeBytes } = await hashFile(file)
  await blobs.writeFile(blob, file, { contentType, cacheControl })
  return { name, blob, contentType, sizeBytes, sha256, media }
}

async function hashFile(file: string): Promise<{ sha256: string; sizeBytes: number }> {
  const hash = createHash('sha256')
  let sizeBytes = 0
  for await (const chunk of createReadStream(file)) {
    hash.update(chunk as Buffer)
    sizeBytes += (chunk as Buffer).byteLength
  }
  return { sha256: hash.digest('hex'), sizeBytes }
}
