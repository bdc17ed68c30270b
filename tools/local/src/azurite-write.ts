/** A write that Azurite acknowledged, as seen on the wire. */
export interface AzuriteWrite {
  readonly method: string
  /** Path and query of the request. */
  readonly url: string
  readonly status: number
}

/** What a write means to the local stack: a committed blob, a message that a queue can deliver after a delay, or nothing of interest. */
export type AzuriteSignal =
  | {
      readonly kind: 'blobCommitted'
      readonly api: string
      readonly container: string
      readonly blob: string
    }
  | { readonly kind: 'messageSent'; readonly queue: string; readonly delaySeconds: number }

/**
 * Reads a write: `PUT /account/container/blob` (whole, or `comp=blocklist`) commits a blob, `POST /account/queue/messages`
 * sends a message. Other writes (blocks, properties, metadata, deletes) are undefined.
 */
export function readAzuriteWrite(write: AzuriteWrite): AzuriteSignal | undefined {
  if (write.status !== 201 || !URL.canParse(write.url, 'http://azurite')) return undefined
  const { pathname, searchParams } = new URL(write.url, 'http://azurite')
  const [, , first, ...rest] = pathname.split('/').map((part) => decodeURIComponent(part))
  if (!first || rest.length === 0) return undefined
  if (write.method === 'POST' && rest.length === 1 && rest[0] === 'messages') {
    return {
      kind: 'messageSent',
      queue: first,
      delaySeconds: Number(searchParams.get('visibilitytimeout') ?? 0),
    }
  }
  const comp = searchParams.get('comp')
  if (write.method !== 'PUT' || searchParams.has('restype') || (comp !== null && comp !== 'blocklist')) {
    return undefined
  }
  const api = comp === 'blocklist' ? 'PutBlockList' : 'PutBlob'
  return { kind: 'blobCommitted', api, container: first, blob: rest.join('/') }
}
