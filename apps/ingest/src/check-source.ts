import type { Readable } from 'node:stream'

import type { BlobFacts } from '@zoetrope/blobs'
import type { ErrorBody } from '@zoetrope/contracts'
import { err, toErrorBody } from '@zoetrope/contracts'
import { defaultWorkflowFor } from '@zoetrope/domain'

import type { SniffedMedia } from './sniff-media.ts'
import { sniffedBytes, sniffMedia } from './sniff-media.ts'
import type { Deps } from './wiring.ts'

/** What ingest says of a file: its true type, and why nothing can be made of it, if so. */
export interface CheckedSource extends SniffedMedia {
  readonly error?: ErrorBody
}

/** Looks at the first bytes of a file. No codec runs here. `gone` when the file was removed or overwritten meanwhile. */
export async function checkSource(
  deps: Pick<Deps, 'uploads' | 'maxSourceBytes'>,
  blob: BlobFacts,
): Promise<CheckedSource | 'gone'> {
  if (blob.sizeBytes === 0)
    return { mediaType: 'unknown', contentType: blob.contentType, error: toErrorBody(err('SOURCE_EMPTY')) }
  const count = Math.min(sniffedBytes, blob.sizeBytes)
  const stream = await deps.uploads.open(blob.name, { count, etag: blob.etag })
  if (stream === 'missing' || stream === 'changed') return 'gone'
  const sniffed = await sniffMedia(await readAll(stream))
  const error = refusalOf(blob.sizeBytes, sniffed, deps.maxSourceBytes)
  return error ? { ...sniffed, error } : sniffed
}

function refusalOf(
  sizeBytes: number,
  { mediaType, contentType }: SniffedMedia,
  maxBytes: number,
): ErrorBody | undefined {
  if (sizeBytes > maxBytes)
    return toErrorBody(
      err('SOURCE_TOO_LARGE', { detail: `The file has ${sizeBytes} bytes; ${maxBytes} are allowed.` }),
    )
  if (defaultWorkflowFor(mediaType)) return undefined
  return toErrorBody(
    err('SOURCE_TYPE_UNSUPPORTED', { detail: `By its first bytes the file is ${contentType}.` }),
  )
}

async function readAll(stream: Readable): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  for await (const chunk of stream) chunks.push(chunk as Uint8Array)
  return Buffer.concat(chunks)
}
