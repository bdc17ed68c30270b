/** A blob that a function has to run for, as a message of the internal queue: JSON with these fields and `Type`. */
export interface BlobMessage {
  /** `Host.Functions.<name>` */
  readonly FunctionId: string
  /** `BlockBlob`, `PageBlob` or `AppendBlob` */
  readonly BlobType: string
  readonly ContainerName: string
  readonly BlobName: string
  /** In quotes. */
  readonly ETag: string
}

/** What names a function in messages, receipts and webhooks. */
export function functionIdOf(functionName: string): string {
  return `Host.Functions.${functionName}`
}

/** An ETag in its quotes: listings and events give it without them. */
export function quoteEtag(etag: string | undefined): string {
  return `"${(etag ?? '').replaceAll('"', '')}"`
}

/** The text of a message. */
export function writeBlobMessage(message: BlobMessage): string {
  const { FunctionId, BlobType, ContainerName, BlobName, ETag } = message
  return JSON.stringify({ Type: 'BlobTrigger', FunctionId, BlobType, ContainerName, BlobName, ETag })
}

/** Reads a message. @throws Error telling what it lacks */
export function readBlobMessage(text: string): BlobMessage {
  const message = JSON.parse(text) as Partial<BlobMessage> | null
  for (const field of ['FunctionId', 'ContainerName', 'BlobName', 'ETag'] as const) {
    if (typeof message?.[field] !== 'string')
      throw new Error(`A message of the queue for blobs has no text "${field}". Only the host writes to it.`)
  }
  return message as BlobMessage
}
