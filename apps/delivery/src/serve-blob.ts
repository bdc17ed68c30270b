import { parse as parseRange } from 'range-parser'

/** A stored file as delivery needs it: what it is, and a way to stream a part of it. */
export interface ServedBlob {
  readonly sizeBytes: number
  readonly contentType: string
  readonly etag: string
  /** Streams `count` bytes from `offset`; fails when the blob is no longer the one with this etag. */
  open(offset: number, count: number): Promise<ReadableStream<Uint8Array>>
}

/** What the request asks for. */
export interface ServeRequest {
  readonly method: string
  readonly range: string | null
  readonly ifRange: string | null
  readonly ifNoneMatch: string | null
}

/** The answer: status, headers, and a body unless there is none to send. */
export interface ServeAnswer {
  readonly status: 200 | 206 | 304 | 416
  readonly headers: Readonly<Record<string, string>>
  readonly body?: ReadableStream<Uint8Array>
}

/**
 * Answers a GET or HEAD for a blob: whole, one range (RFC 9110 §14), or 304.
 * Several ranges are answered with the whole file, as a server may; a range outside of the file is 416.
 */
export async function serveBlob(
  blob: ServedBlob,
  request: ServeRequest,
  cacheControl: string,
): Promise<ServeAnswer> {
  const headers = {
    etag: blob.etag,
    'accept-ranges': 'bytes',
    'cache-control': cacheControl,
    'content-type': blob.contentType,
    'x-content-type-options': 'nosniff',
    'access-control-allow-origin': '*',
    'access-control-expose-headers': 'content-length, content-range, etag, accept-ranges',
    'cross-origin-resource-policy': 'cross-origin',
  }
  if (isFresh(request.ifNoneMatch, blob.etag)) return { status: 304, headers }

  const range = rangeOf(blob, request)
  if (range === 'outside')
    return { status: 416, headers: { ...headers, 'content-range': `bytes */${blob.sizeBytes}` } }

  const offset = range?.start ?? 0
  const count = range ? range.end - range.start + 1 : blob.sizeBytes
  const answer = {
    status: range ? (206 as const) : (200 as const),
    headers: {
      ...headers,
      'content-length': String(count),
      ...(range ? { 'content-range': `bytes ${range.start}-${range.end}/${blob.sizeBytes}` } : {}),
    },
  }
  return request.method === 'HEAD' || count === 0
    ? answer
    : { ...answer, body: await blob.open(offset, count) }
}

/** If-None-Match: weak comparison against a list of tags, or `*`. */
function isFresh(ifNoneMatch: string | null, etag: string): boolean {
  if (!ifNoneMatch) return false
  const bare = (tag: string): string => tag.trim().replace(/^W\//, '')
  return ifNoneMatch.trim() === '*' || ifNoneMatch.split(',').some((tag) => bare(tag) === bare(etag))
}

/** The one range to send; undefined for the whole file. If-Range with another etag asks for the whole file. */
function rangeOf(
  blob: ServedBlob,
  request: ServeRequest,
): { start: number; end: number } | 'outside' | undefined {
  if (!request.range || (request.ifRange && request.ifRange !== blob.etag)) return undefined
  const { code, type, ranges } = parseRange(blob.sizeBytes, request.range)
  // Bit 2 of the parser's code: a well-formed range that lies outside of the file.
  if (type === 'bytes' && ranges.length === 0 && (code & 2) !== 0) return 'outside'
  if (type !== 'bytes' || ranges.length !== 1) return undefined
  return ranges[0]
}
