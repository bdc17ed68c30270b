import type { AssetId, UploadBody, UploadId } from '@zoetrope/contracts'
import { err } from '@zoetrope/contracts'

import type { NewUpload, ZoetropeClient } from './client.ts'

/** What to upload. In Node, `openAsBlob(path)` of `node:fs` gives a Blob that is read piece by piece. */
export interface UploadSource {
  readonly blob: Blob
  readonly filename?: string
  readonly contentType?: string
  readonly labels?: Record<string, string>
}

/** Options of {@link uploadFile}. */
export interface UploadOptions {
  readonly onProgress?: (sentBytes: number, totalBytes: number) => void
  readonly signal?: AbortSignal
  readonly fetch?: typeof fetch
}

/** Files up to this size go in one request. */
const singleBytes = 8 * 1024 * 1024
const smallestBlockBytes = 8 * 1024 * 1024
/** The service takes no more blocks than this in one blob. */
const mostBlocks = 50_000
const parallelBlocks = 3
/** With the delays between them, about eight seconds: storage that starts anew is back by then. */
const tries = 6
const firstDelayMs = 250

/**
 * Uploads a file straight to storage, past the API: one PUT, or blocks and a block list where it is big. Memory stays bounded by a few blocks.
 *
 * The asset appears a moment after: see `waitForAsset`.
 */
export async function uploadFile(
  client: ZoetropeClient,
  source: UploadSource,
  options: UploadOptions = {},
): Promise<{ readonly uploadId: UploadId; readonly assetId: AssetId }> {
  const { blob, filename, labels } = source
  const contentType = source.contentType ?? (blob.type || undefined)
  const body: NewUpload = {
    sizeBytes: blob.size,
    ...(filename ? { filename } : {}),
    ...(contentType ? { contentType } : {}),
    ...(labels ? { labels } : {}),
  }
  const created = await client.createUpload(body, { signal: options.signal })
  if (!created.upload)
    throw err('STATE_CONFLICT', { detail: 'The upload was created without an address to write to.' })
  if (blob.size <= singleBytes) await putWhole(blob, created.upload, options)
  else await putBlocks(blob, created.upload, options)
  return { uploadId: created.id, assetId: created.assetId }
}

type UploadTarget = NonNullable<UploadBody['upload']>

async function putWhole(blob: Blob, target: UploadTarget, options: UploadOptions): Promise<void> {
  options.onProgress?.(0, blob.size)
  await commit(target.url, { body: blob, headers: target.headers }, options)
  options.onProgress?.(blob.size, blob.size)
}

async function putBlocks(blob: Blob, target: UploadTarget, options: UploadOptions): Promise<void> {
  const blockBytes = Math.max(smallestBlockBytes, Math.ceil(blob.size / mostBlocks))
  const ids = Array.from({ length: Math.ceil(blob.size / blockBytes) }, (_, index) =>
    btoa(`block-${String(index).padStart(8, '0')}`),
  )
  let sentBytes = 0
  let next = 0
  const sendBlocks = async (): Promise<void> => {
    for (let index = next++; index < ids.length; index = next++) {
      const piece = blob.slice(index * blockBytes, (index + 1) * blockBytes)
      const url = withQuery(target.url, { comp: 'block', blockid: ids[index] ?? '' })
      await put(url, { body: piece, headers: {} }, options)
      sentBytes += piece.size
      options.onProgress?.(sentBytes, blob.size)
    }
  }
  await Promise.all(Array.from({ length: parallelBlocks }, sendBlocks))
  const list = `<?xml version="1.0" encoding="utf-8"?><BlockList>${ids.map((id) => `<Latest>${id}</Latest>`).join('')}</BlockList>`
  const type = target.headers['content-type'] ?? blob.type
  await commit(
    withQuery(target.url, { comp: 'blocklist' }),
    { body: list, headers: type ? { 'x-ms-blob-content-type': type } : {} },
    options,
  )
}

function withQuery(url: string, query: Readonly<Record<string, string>>): string {
  const result = new URL(url)
  for (const [name, value] of Object.entries(query)) result.searchParams.set(name, value)
  return result.href
}

/**
 * Writes the file, and never over one that is there: what is taken in is pinned by its etag, so a second commit would fail its job.
 * Where the answer to a first try was lost, the second one finds the file.
 */
async function commit(url: string, init: PutInit, options: UploadOptions): Promise<void> {
  const headers = { ...init.headers, 'if-none-match': '*' }
  await put(url, { ...init, headers, isThereCode: 'BlobAlreadyExists' }, options)
}

interface PutInit {
  readonly body: Blob | string
  readonly headers: Readonly<Record<string, string>>
  /** Refusal that, from the second try on, tells that the first one succeeded. */
  readonly isThereCode?: string
}

/** Writes to storage; faults of the network and of the service are tried again. */
async function put(
  url: string,
  { body, headers, isThereCode }: PutInit,
  { signal, fetch: send = fetch }: UploadOptions,
): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    let cause: unknown
    try {
      const response = await send(url, { method: 'PUT', body, headers, ...(signal ? { signal } : {}) })
      const text = await response.text()
      if (response.ok) return
      const code = /<Code>(\w+)<\/Code>/.exec(text)?.[1] ?? `status ${response.status}`
      if (attempt > 1 && code === isThereCode) return
      if (response.status < 500 && response.status !== 429 && response.status !== 408) {
        throw err('STATE_CONFLICT', { detail: `Storage refused the upload: ${code}.` })
      }
      cause = code
    } catch (error) {
      signal?.throwIfAborted()
      if (error instanceof Error && error.name === 'ZoetropeError') throw error
      cause = error
    }
    if (attempt === tries) throw err('BLOBS_UNAVAILABLE', { cause })
    await new Promise((resolve) => setTimeout(resolve, firstDelayMs * 2 ** (attempt - 1)))
  }
}
