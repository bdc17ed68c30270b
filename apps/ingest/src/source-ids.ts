import type { AssetId, TenantId, UploadId } from '@zoetrope/contracts'
import { deriveId, isId, withPrefix } from '@zoetrope/contracts'

/** Whose source a blob is, and the ids it has or gets. */
export interface SourceIds {
  readonly tenantId: TenantId
  readonly assetId: AssetId
  readonly uploadId: UploadId
}

/**
 * The ids of a blob in `uploads`: from its path `{tenantId}/{assetId}/{uploadId}`; a file that a tool dropped into a tenant's folder
 * gets ids derived from its name and etag. Undefined for what lies in no tenant's folder.
 */
export function sourceIdsOf(blob: string, etag: string): SourceIds | undefined {
  const [tenantId = '', assetId = '', uploadId = '', ...rest] = blob.split('/')
  if (!isId('ten', tenantId)) return undefined
  if (
    rest.length === 0 &&
    isId('ast', assetId) &&
    isId('upl', uploadId) &&
    withPrefix('ast', uploadId) === assetId
  ) {
    return { tenantId, assetId, uploadId }
  }
  const derived = deriveId('ast', blob, etag)
  return { tenantId, assetId: derived, uploadId: withPrefix('upl', derived) }
}

/** Container and blob that a BlobCreated event speaks of; undefined for another subject. */
export function subjectOf(
  subject: string,
): { readonly container: string; readonly blob: string } | undefined {
  const match = /^\/blobServices\/default\/containers\/([^/]+)\/blobs\/(.+)$/.exec(subject)
  return match?.[1] && match[2] ? { container: match[1], blob: match[2] } : undefined
}
