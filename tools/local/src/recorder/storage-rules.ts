/** Which requests are an operation; the first rule that fits counts. */
export interface StorageRule {
  readonly operation: string
  /** What the path names. */
  readonly level: string
  readonly methods: readonly string[]
  /** Parameters that the operation has; of `comp`, `restype` and `peekonly` those that are not listed must be absent. */
  readonly query?: Readonly<Record<string, string>>
  /** Headers that must be there, in lower case. */
  readonly headers?: readonly string[]
}

const read = ['GET', 'HEAD']
const service = { restype: 'service' }
const container = { restype: 'container' }

/** The Blob service (https://learn.microsoft.com/rest/api/storageservices/operations-on-the-account--blob-service-). */
export const blobRules: readonly StorageRule[] = [
  { operation: 'ListContainers', level: 'account', methods: ['GET'], query: { comp: 'list' } },
  {
    operation: 'GetBlobServiceProperties',
    level: 'account',
    methods: ['GET'],
    query: { ...service, comp: 'properties' },
  },
  {
    operation: 'SetBlobServiceProperties',
    level: 'account',
    methods: ['PUT'],
    query: { ...service, comp: 'properties' },
  },
  {
    operation: 'GetBlobServiceStats',
    level: 'account',
    methods: ['GET'],
    query: { ...service, comp: 'stats' },
  },
  {
    operation: 'GetUserDelegationKey',
    level: 'account',
    methods: ['POST'],
    query: { ...service, comp: 'userdelegationkey' },
  },
  {
    operation: 'GetAccountInformation',
    level: 'account',
    methods: read,
    query: { restype: 'account', comp: 'properties' },
  },
  { operation: 'FindBlobsByTags', level: 'account', methods: ['GET'], query: { comp: 'blobs' } },
  { operation: 'BlobBatch', level: 'account', methods: ['POST'], query: { comp: 'batch' } },

  { operation: 'CreateContainer', level: 'container', methods: ['PUT'], query: container },
  { operation: 'DeleteContainer', level: 'container', methods: ['DELETE'], query: container },
  { operation: 'GetContainerProperties', level: 'container', methods: read, query: container },
  {
    operation: 'GetContainerMetadata',
    level: 'container',
    methods: read,
    query: { ...container, comp: 'metadata' },
  },
  {
    operation: 'SetContainerMetadata',
    level: 'container',
    methods: ['PUT'],
    query: { ...container, comp: 'metadata' },
  },
  { operation: 'GetContainerACL', level: 'container', methods: read, query: { ...container, comp: 'acl' } },
  {
    operation: 'SetContainerACL',
    level: 'container',
    methods: ['PUT'],
    query: { ...container, comp: 'acl' },
  },
  {
    operation: 'LeaseContainer',
    level: 'container',
    methods: ['PUT'],
    query: { ...container, comp: 'lease' },
  },
  {
    operation: 'RestoreContainer',
    level: 'container',
    methods: ['PUT'],
    query: { ...container, comp: 'undelete' },
  },
  { operation: 'ListBlobs', level: 'container', methods: ['GET'], query: { ...container, comp: 'list' } },
  {
    operation: 'FindBlobsByTagsInContainer',
    level: 'container',
    methods: ['GET'],
    query: { ...container, comp: 'blobs' },
  },
  { operation: 'BlobBatch', level: 'container', methods: ['POST'], query: { ...container, comp: 'batch' } },

  { operation: 'GetBlob', level: 'blob', methods: ['GET'] },
  { operation: 'GetBlobProperties', level: 'blob', methods: ['HEAD'] },
  { operation: 'SetBlobProperties', level: 'blob', methods: ['PUT'], query: { comp: 'properties' } },
  { operation: 'GetBlobMetadata', level: 'blob', methods: read, query: { comp: 'metadata' } },
  { operation: 'SetBlobMetadata', level: 'blob', methods: ['PUT'], query: { comp: 'metadata' } },
  { operation: 'GetBlobTags', level: 'blob', methods: ['GET'], query: { comp: 'tags' } },
  { operation: 'SetBlobTags', level: 'blob', methods: ['PUT'], query: { comp: 'tags' } },
  { operation: 'LeaseBlob', level: 'blob', methods: ['PUT'], query: { comp: 'lease' } },
  { operation: 'SnapshotBlob', level: 'blob', methods: ['PUT'], query: { comp: 'snapshot' } },
  { operation: 'AbortCopyBlob', level: 'blob', methods: ['PUT'], query: { comp: 'copy' } },
  { operation: 'DeleteBlob', level: 'blob', methods: ['DELETE'] },
  { operation: 'UndeleteBlob', level: 'blob', methods: ['PUT'], query: { comp: 'undelete' } },
  { operation: 'SetBlobTier', level: 'blob', methods: ['PUT'], query: { comp: 'tier' } },
  {
    operation: 'PutBlockFromURL',
    level: 'blob',
    methods: ['PUT'],
    query: { comp: 'block' },
    headers: ['x-ms-copy-source'],
  },
  { operation: 'PutBlock', level: 'blob', methods: ['PUT'], query: { comp: 'block' } },
  { operation: 'PutBlockList', level: 'blob', methods: ['PUT'], query: { comp: 'blocklist' } },
  { operation: 'GetBlockList', level: 'blob', methods: ['GET'], query: { comp: 'blocklist' } },
  { operation: 'QueryBlobContents', level: 'blob', methods: ['POST'], query: { comp: 'query' } },
  {
    operation: 'PutPageFromURL',
    level: 'blob',
    methods: ['PUT'],
    query: { comp: 'page' },
    headers: ['x-ms-copy-source'],
  },
  { operation: 'PutPage', level: 'blob', methods: ['PUT'], query: { comp: 'page' } },
  { operation: 'GetPageRanges', level: 'blob', methods: ['GET'], query: { comp: 'pagelist' } },
  {
    operation: 'AppendBlockFromURL',
    level: 'blob',
    methods: ['PUT'],
    query: { comp: 'appendblock' },
    headers: ['x-ms-copy-source'],
  },
  { operation: 'AppendBlock', level: 'blob', methods: ['PUT'], query: { comp: 'appendblock' } },
  {
    operation: 'CopyBlobFromURL',
    level: 'blob',
    methods: ['PUT'],
    headers: ['x-ms-copy-source', 'x-ms-requires-sync'],
  },
  {
    operation: 'PutBlobFromURL',
    level: 'blob',
    methods: ['PUT'],
    headers: ['x-ms-copy-source', 'x-ms-blob-type'],
  },
  { operation: 'CopyBlob', level: 'blob', methods: ['PUT'], headers: ['x-ms-copy-source'] },
  { operation: 'PutBlob', level: 'blob', methods: ['PUT'], headers: ['x-ms-blob-type'] },
]

/** The Queue service (https://learn.microsoft.com/rest/api/storageservices/operations-on-queues). */
export const queueRules: readonly StorageRule[] = [
  { operation: 'ListQueues', level: 'account', methods: ['GET'], query: { comp: 'list' } },
  {
    operation: 'GetQueueServiceProperties',
    level: 'account',
    methods: ['GET'],
    query: { ...service, comp: 'properties' },
  },
  {
    operation: 'SetQueueServiceProperties',
    level: 'account',
    methods: ['PUT'],
    query: { ...service, comp: 'properties' },
  },
  {
    operation: 'GetQueueServiceStats',
    level: 'account',
    methods: ['GET'],
    query: { ...service, comp: 'stats' },
  },

  { operation: 'CreateQueue', level: 'queue', methods: ['PUT'] },
  { operation: 'DeleteQueue', level: 'queue', methods: ['DELETE'] },
  { operation: 'GetQueueMetadata', level: 'queue', methods: read, query: { comp: 'metadata' } },
  { operation: 'SetQueueMetadata', level: 'queue', methods: ['PUT'], query: { comp: 'metadata' } },
  { operation: 'GetQueueACL', level: 'queue', methods: read, query: { comp: 'acl' } },
  { operation: 'SetQueueACL', level: 'queue', methods: ['PUT'], query: { comp: 'acl' } },

  { operation: 'PutMessage', level: 'messages', methods: ['POST'] },
  { operation: 'GetMessages', level: 'messages', methods: ['GET'] },
  { operation: 'PeekMessages', level: 'messages', methods: ['GET'], query: { peekonly: 'true' } },
  { operation: 'ClearMessages', level: 'messages', methods: ['DELETE'] },
  { operation: 'UpdateMessage', level: 'message', methods: ['PUT'] },
  { operation: 'DeleteMessage', level: 'message', methods: ['DELETE'] },
]

/** The Table service (https://learn.microsoft.com/rest/api/storageservices/table-service-rest-api). */
export const tableRules: readonly StorageRule[] = [
  {
    operation: 'GetTableServiceProperties',
    level: 'account',
    methods: ['GET'],
    query: { ...service, comp: 'properties' },
  },
  {
    operation: 'SetTableServiceProperties',
    level: 'account',
    methods: ['PUT'],
    query: { ...service, comp: 'properties' },
  },
  { operation: 'QueryTables', level: 'tables', methods: ['GET'] },
  { operation: 'CreateTable', level: 'tables', methods: ['POST'] },
  { operation: 'DeleteTable', level: 'tables', methods: ['DELETE'] },
  { operation: 'GetTableACL', level: 'table', methods: read, query: { comp: 'acl' } },
  { operation: 'SetTableACL', level: 'table', methods: ['PUT'], query: { comp: 'acl' } },
  { operation: 'QueryEntities', level: 'table', methods: ['GET'] },
  { operation: 'InsertEntity', level: 'table', methods: ['POST'] },
  { operation: 'QueryEntities', level: 'entity', methods: ['GET'] },
  { operation: 'UpdateEntity', level: 'entity', methods: ['PUT'], headers: ['if-match'] },
  { operation: 'InsertOrReplaceEntity', level: 'entity', methods: ['PUT'] },
  { operation: 'MergeEntity', level: 'entity', methods: ['MERGE', 'PATCH'], headers: ['if-match'] },
  { operation: 'InsertOrMergeEntity', level: 'entity', methods: ['MERGE', 'PATCH'] },
  { operation: 'DeleteEntity', level: 'entity', methods: ['DELETE'] },
]
