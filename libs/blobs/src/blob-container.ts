import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import type { Readable } from 'node:stream'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'

import type { BlobRequestConditions, BlockBlobClient, ContainerClient } from '@azure/storage-blob'

import type { StorageAccount } from './connect-storage.ts'
import { callStorage, statusOf, storageFault } from './storage-status.ts'

/** What is known of a stored blob. `etag` with its quotes, as HTTP carries it. */
export interface BlobFacts {
  readonly name: string
  readonly etag: string
  readonly sizeBytes: number
  readonly contentType: string
  readonly lastModified: Date
  /** False for append and page blobs, which may still grow or change. */
  readonly isBlockBlob: boolean
}

/** Headers stored with a blob. */
export interface BlobHeaders {
  readonly contentType: string
  readonly cacheControl?: string
}

/** Conditions of a write: only if it is not there yet, or only over the version with this etag. */
export interface WriteCondition {
  readonly ifAbsent?: boolean
  readonly ifMatch?: string
}

/** Why a blob was not read: it is not there, or it is no longer the version that was asked for. */
export type ReadRefusal = 'missing' | 'changed'

/** One blob container. Nothing is ever held in memory whole but what `readText` and `write` are given. */
export interface BlobContainer {
  readonly name: string
  head(blob: string): Promise<BlobFacts | undefined>
  /** Opens a stream over a part of a blob, of the version with this etag where one is given. */
  open(
    blob: string,
    part?: { readonly offset?: number; readonly count?: number; readonly etag?: string },
  ): Promise<Readable | ReadRefusal>
  readText(blob: string): Promise<string | undefined>
  /** Downloads into a local file; answers the sha256 (hex) of the bytes. */
  download(
    blob: string,
    file: string,
    etag?: string,
  ): Promise<{ readonly sha256: string; readonly sizeBytes: number } | ReadRefusal>
  /** Writes text or bytes; answers the new etag, or why the condition refused it. */
  write(
    blob: string,
    content: string | Uint8Array,
    headers: BlobHeaders,
    condition?: WriteCondition,
  ): Promise<{ readonly etag: string } | 'refused'>
  writeFile(blob: string, file: string, headers: BlobHeaders): Promise<void>
  /** Writes a stream in blocks of 4 MiB, where no blob is yet; nothing is committed when the stream fails. `refused`: another was first. */
  writeStream(
    blob: string,
    stream: Readable,
    headers: BlobHeaders,
  ): Promise<{ readonly etag: string } | 'refused'>
  /** Renews the etag and the time of a blob without changing its bytes. */
  touch(blob: string, etag: string): Promise<'touched' | 'refused'>
  /** Deletes a blob, of the version with this etag where one is given. */
  remove(blob: string, etag?: string): Promise<'removed' | 'missing' | 'changed'>
  /** Committed blobs by name, in order. */
  list(prefix?: string): AsyncIterable<BlobFacts>
}

const blockBytes = 4 * 1024 * 1024

/** A container of this account. */
export function blobContainer(account: StorageAccount, name: string): BlobContainer {
  const container = account.blobs.getContainerClient(name)
  const client = (blob: string): BlockBlobClient => container.getBlockBlobClient(blob)
  return {
    name,
    head: (blob) => head(client(blob), blob),
    async open(blob, part = {}) {
      try {
        const answer = await client(blob).download(part.offset ?? 0, part.count, {
          conditions: matching(part.etag),
          maxRetryRequests: 4,
        })
        return answer.readableStreamBody as Readable
      } catch (error) {
        return refusal(error)
      }
    },
    async readText(blob) {
      try {
        return (await client(blob).downloadToBuffer()).toString('utf8')
      } catch (error) {
        if (refusal(error) === 'missing') return undefined
        throw storageFault(error)
      }
    },
    async download(blob, file, etag) {
      try {
        const answer = await client(blob).download(0, undefined, {
          conditions: matching(etag),
          maxRetryRequests: 4,
        })
        return await saveHashed(answer.readableStreamBody as Readable, file)
      } catch (error) {
        return refusal(error)
      }
    },
    async write(blob, content, headers, condition = {}) {
      const bytes = typeof content === 'string' ? Buffer.from(content) : content
      try {
        const answer = await client(blob).upload(bytes, bytes.byteLength, {
          blobHTTPHeaders: toHttpHeaders(headers),
          conditions: toConditions(condition),
        })
        return { etag: answer.etag ?? '' }
      } catch (error) {
        if ([409, 412].includes(statusOf(error))) return 'refused'
        throw storageFault(error)
      }
    },
    async writeFile(blob, file, headers) {
      await callStorage(() =>
        client(blob).uploadFile(file, {
          blobHTTPHeaders: toHttpHeaders(headers),
          blockSize: blockBytes,
          concurrency: 2,
        }),
      )
    },
    async writeStream(blob, stream, headers) {
      const options = {
        blobHTTPHeaders: toHttpHeaders(headers),
        conditions: toConditions({ ifAbsent: true }),
      }
      try {
        const answer = await client(blob).uploadStream(stream, blockBytes, 2, options)
        return { etag: answer.etag ?? '' }
      } catch (error) {
        if ([409, 412].includes(statusOf(error))) return 'refused'
        throw storageFault(error)
      }
    },
    async touch(blob, etag) {
      try {
        await client(blob).setMetadata(
          { touched: new Date().toISOString() },
          { conditions: { ifMatch: etag } },
        )
        return 'touched'
      } catch (error) {
        refusal(error)
        return 'refused'
      }
    },
    async remove(blob, etag) {
      try {
        await client(blob).delete({ deleteSnapshots: 'include', conditions: matching(etag) })
        return 'removed'
      } catch (error) {
        return refusal(error)
      }
    },
    list: (prefix) => list(container, prefix),
  }
}

async function head(client: BlockBlobClient, name: string): Promise<BlobFacts | undefined> {
  try {
    const answer = await client.getProperties()
    return {
      name,
      etag: answer.etag ?? '',
      sizeBytes: answer.contentLength ?? 0,
      contentType: answer.contentType ?? 'application/octet-stream',
      lastModified: answer.lastModified ?? new Date(0),
      isBlockBlob: answer.blobType === 'BlockBlob',
    }
  } catch (error) {
    if (refusal(error) === 'missing') return undefined
    throw storageFault(error)
  }
}

async function* list(container: ContainerClient, prefix: string | undefined): AsyncIterable<BlobFacts> {
  for await (const item of container.listBlobsFlat(prefix === undefined ? {} : { prefix })) {
    yield {
      name: item.name,
      // The list gives etags without their quotes.
      etag: `"${item.properties.etag.replaceAll('"', '')}"`,
      sizeBytes: item.properties.contentLength ?? 0,
      contentType: item.properties.contentType ?? 'application/octet-stream',
      lastModified: item.properties.lastModified,
      isBlockBlob: item.properties.blobType === 'BlockBlob',
    }
  }
}

async function saveHashed(body: Readable, file: string): Promise<{ sha256: string; sizeBytes: number }> {
  const hash = createHash('sha256')
  let sizeBytes = 0
  const meter = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk)
      sizeBytes += chunk.byteLength
      done(null, chunk)
    },
  })
  await pipeline(body, meter, createWriteStream(file))
  return { sha256: hash.digest('hex'), sizeBytes }
}

function matching(etag: string | undefined): BlobRequestConditions {
  return etag === undefined ? {} : { ifMatch: etag }
}

function toConditions(condition: WriteCondition): BlobRequestConditions {
  return { ...(condition.ifAbsent ? { ifNoneMatch: '*' } : {}), ...matching(condition.ifMatch) }
}

function toHttpHeaders(headers: BlobHeaders): { blobContentType: string; blobCacheControl?: string } {
  return {
    blobContentType: headers.contentType,
    ...(headers.cacheControl === undefined ? {} : { blobCacheControl: headers.cacheControl }),
  }
}

/** 404 and 412 are answers; anything else is thrown. */
function refusal(error: unknown): ReadRefusal {
  const status = statusOf(error)
  if (status === 404) return 'missing'
  if (status === 412) return 'changed'
  throw storageFault(error)
}
