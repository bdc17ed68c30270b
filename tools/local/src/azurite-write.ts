/** A write that Azurite acknowledged, as seen on the wire. */
export interface AzuriteWrite {
  readonly method: string
  /** Path and query of the request. */
  readonly url: string
  readonly status: number
}

/** What a write means to the local stack: a committed blob, a blob changed in another way, a message that a queue can deliver after a delay, or nothing of interest. */
export type AzuriteSignal =
  | {
      readonly kind: 'blobCommitted'
      readonly api: string
      readonly container: string
      readonly blob: string
    }
  | { readonly kind: 'blobChanged'; readonly container: string; readonly blob: string }
  | { readonly kind: 'messageSent'; readonly queue: string; readonly delaySeconds: number }

/** Requests that give a blob that is there already a new ETag. */
const changes = new Set(['appendblock', 'metadata', 'page', 'properties'])

/**
 * Reads a write: `PUT /account/container/blob` (whole, or `comp=blocklist`) commits a blob, `POST /account/queue/messages`
 * sends a message; copies, appended blocks, pages, metadata and properties change a blob. Other writes (blocks, leases,
 * deletes) are undefined.
 */
export function readAzuriteWrite(write: AzuriteWrite): AzuriteSignal | undefined {
  if (write.status < 200 || write.status > 202 || !URL.canParse(write.url, 'http://azurite')) return undefined
  const { pathname, searchParams } = new URL(write.url, 'http://azurite')
  const [, , first, ...rest] = pathname.split('/').map((part) => decodeURIComponent(part))
  if (!first || rest.length === 0) return undefined
  if (write.method === 'POST' && write.status === 201 && rest.length === 1 && rest[0] === 'messages') {
    return {
      kind: 'messageSent',
      queue: first,
      delaySeconds: Number(searchParams.get('visibilitytimeout') ?? 0),
    }
  }
  const comp = searchParams.get('comp')
  if (write.method !== 'PUT' || searchParams.has('restype')) return undefined
  const blob = rest.join('/')
  const isCopy = comp === null && write.status === 202
  if (isCopy || (comp !== null && changes.has(comp))) return { kind: 'blobChanged', container: first, blob }
  if (write.status !== 201 || (comp !== null && comp !== 'blocklist')) return undefined
  const api = comp === 'blocklist' ? 'PutBlockList' : 'PutBlob'
  return { kind: 'blobCommitted', api, container: first, blob }
}
