import type { BlobGetPropertiesResponse } from '@azure/storage-blob'

import type { TypedData } from '../../worker/protocol.ts'

type BlobProperties = Partial<BlobGetPropertiesResponse>

/** .NET's numbers for what the service says in words: its place in the list. */
const numbers = {
  blobType: ['BlockBlob', 'PageBlob', 'AppendBlob'],
  copyStatus: ['pending', 'success', 'aborted', 'failed'],
  leaseDuration: ['infinite', 'fixed'],
  leaseState: ['available', 'leased', 'expired', 'breaking', 'broken'],
  leaseStatus: ['locked', 'unlocked'],
}

/** What a function is told of its blob: path, URL, properties, metadata, and what the path captured, which wins over the rest. */
export function toTriggerMetadata(blob: {
  /** `container/name` */
  path: string
  url: string
  properties: BlobProperties
  captured: Readonly<Record<string, string>>
}): Record<string, TypedData> {
  const captured = Object.entries(blob.captured).map(([name, value]) => [name, { string: value }])
  return {
    BlobTrigger: { string: blob.path },
    Uri: { string: blob.url },
    Properties: { json: JSON.stringify(toNetProperties(blob.properties)) },
    Metadata: { json: JSON.stringify(blob.properties.metadata ?? {}) },
    ...(Object.fromEntries(captured) as Record<string, TypedData>),
  }
}

/** Properties by the names and in the forms in which .NET writes them. */
function toNetProperties(properties: BlobProperties): Record<string, unknown> {
  const text = (value: string | undefined): string | null => value ?? null
  const time = (value: Date | undefined): string =>
    value ? value.toISOString().replace(/\.000Z$/, '+00:00') : '0001-01-01T00:00:00+00:00'
  const number = (name: keyof typeof numbers): number =>
    Math.max(0, numbers[name].indexOf(String(properties[name])))
  return {
    LastModified: time(properties.lastModified),
    CreatedOn: time(properties.createdOn),
    Metadata: properties.metadata ?? {},
    ObjectReplicationDestinationPolicyId: text(properties.objectReplicationDestinationPolicyId),
    ObjectReplicationSourceProperties: properties.objectReplicationSourceProperties ?? null,
    BlobType: number('blobType'),
    CopyCompletedOn: time(properties.copyCompletedOn),
    CopyStatusDescription: text(properties.copyStatusDescription),
    CopyId: text(properties.copyId),
    CopyProgress: text(properties.copyProgress),
    CopySource: text(properties.copySource),
    CopyStatus: number('copyStatus'),
    IsIncrementalCopy: properties.isIncrementalCopy ?? false,
    DestinationSnapshot: text(properties.destinationSnapshot),
    LeaseDuration: number('leaseDuration'),
    LeaseState: number('leaseState'),
    LeaseStatus: number('leaseStatus'),
    ContentLength: properties.contentLength ?? 0,
    ContentType: text(properties.contentType),
    ETag: text(properties.etag),
    ContentHash: properties.contentMD5 ? Buffer.from(properties.contentMD5).toString('base64') : null,
    ContentEncoding: text(properties.contentEncoding),
    ContentDisposition: text(properties.contentDisposition),
    ContentLanguage: text(properties.contentLanguage),
    CacheControl: text(properties.cacheControl),
    BlobSequenceNumber: properties.blobSequenceNumber ?? 0,
    AcceptRanges: text(properties.acceptRanges),
    BlobCommittedBlockCount: properties.blobCommittedBlockCount ?? 0,
    IsServerEncrypted: properties.isServerEncrypted ?? false,
    EncryptionKeySha256: text(properties.encryptionKeySha256),
    EncryptionScope: text(properties.encryptionScope),
    AccessTier: text(properties.accessTier),
    AccessTierInferred: properties.accessTierInferred ?? false,
    ArchiveStatus: text(properties.archiveStatus),
    AccessTierChangedOn: time(properties.accessTierChangedOn),
    VersionId: text(properties.versionId),
    IsLatestVersion: properties.isCurrentVersion ?? false,
    TagCount: properties.tagCount ?? 0,
    ExpiresOn: time(properties.expiresOn),
    IsSealed: properties.isSealed ?? false,
    RehydratePriority: text(properties.rehydratePriority),
    LastAccessed: time(properties.lastAccessed),
    HasLegalHold: properties.legalHold ?? false,
  }
}
