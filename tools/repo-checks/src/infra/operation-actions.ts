const blobService = 'Microsoft.Storage/storageAccounts/blobServices'
const containers = `${blobService}/containers`
const blobs = `${containers}/blobs`
const queueService = 'Microsoft.Storage/storageAccounts/queueServices'
const queues = `${queueService}/queues`
const messages = `${queues}/messages`
const tableService = 'Microsoft.Storage/storageAccounts/tableServices'
const tables = `${tableService}/tables`
const entities = `${tables}/entities`
const cosmos = 'Microsoft.DocumentDB/databaseAccounts'
const cosmosContainers = `${cosmos}/sqlDatabases/containers`
const items = `${cosmosContainers}/items`

/** Ways to be allowed: all actions of any one of these lists. */
export type Alternatives = readonly (readonly string[])[]

const readBlob: Alternatives = [[`${blobs}/read`]]
const writeBlob: Alternatives = [[`${blobs}/write`]]
/** Without `write`, only what is not there yet may be written: our apps also replace. */
const createBlob: Alternatives = [[`${blobs}/write`], [`${blobs}/add/action`]]
const readContainer: Alternatives = [[`${containers}/read`]]
const writeContainer: Alternatives = [[`${containers}/write`]]
const upsertEntity: Alternatives = [
  [`${entities}/write`],
  [`${entities}/add/action`, `${entities}/update/action`],
]
const updateEntity: Alternatives = [[`${entities}/write`], [`${entities}/update/action`]]

/**
 * What each operation of Azure Storage's REST API needs, by its documented name without spaces
 * (https://learn.microsoft.com/rest/api/storageservices/authorize-with-azure-active-directory).
 */
const storageActions: Readonly<Record<string, Alternatives>> = {
  ListContainers: readContainer,
  GetBlobServiceProperties: [[`${blobService}/read`]],
  SetBlobServiceProperties: [[`${blobService}/write`]],
  GetBlobServiceStats: [[`${blobService}/read`]],
  GetAccountInformation: [[`${blobService}/getInfo/action`]],
  GetUserDelegationKey: [[`${blobService}/generateUserDelegationKey/action`]],
  CreateContainer: writeContainer,
  GetContainerProperties: readContainer,
  GetContainerMetadata: readContainer,
  SetContainerMetadata: writeContainer,
  GetContainerACL: [[`${containers}/getAcl/action`]],
  SetContainerACL: [[`${containers}/setAcl/action`]],
  LeaseContainer: writeContainer,
  DeleteContainer: [[`${containers}/delete`]],
  RestoreContainer: writeContainer,
  BlobBatch: writeContainer,
  ListBlobs: readBlob,
  FindBlobsByTags: [[`${blobs}/filter/action`]],
  FindBlobsByTagsInContainer: [[`${blobs}/filter/action`]],

  GetBlob: readBlob,
  GetBlobProperties: readBlob,
  GetBlobMetadata: readBlob,
  GetBlockList: readBlob,
  GetPageRanges: readBlob,
  QueryBlobContents: readBlob,
  PutBlob: createBlob,
  PutBlobFromURL: createBlob,
  CopyBlob: createBlob,
  CopyBlobFromURL: createBlob,
  SnapshotBlob: createBlob,
  AppendBlock: createBlob,
  AppendBlockFromURL: createBlob,
  PutBlock: writeBlob,
  PutBlockFromURL: writeBlob,
  PutBlockList: writeBlob,
  PutPage: writeBlob,
  PutPageFromURL: writeBlob,
  SetBlobProperties: writeBlob,
  SetBlobMetadata: writeBlob,
  SetBlobTier: writeBlob,
  LeaseBlob: writeBlob,
  AbortCopyBlob: writeBlob,
  DeleteBlob: [[`${blobs}/delete`]],
  UndeleteBlob: writeContainer,
  GetBlobTags: [[`${blobs}/tags/read`]],
  SetBlobTags: [[`${blobs}/tags/write`]],

  ListQueues: [[`${queues}/read`]],
  GetQueueServiceProperties: [[`${queueService}/read`]],
  SetQueueServiceProperties: [[`${queueService}/write`]],
  GetQueueServiceStats: [[`${queueService}/read`]],
  CreateQueue: [[`${queues}/write`]],
  DeleteQueue: [[`${queues}/delete`]],
  GetQueueMetadata: [[`${queues}/read`]],
  SetQueueMetadata: [[`${queues}/write`]],
  GetQueueACL: [[`${queues}/getAcl/action`]],
  SetQueueACL: [[`${queues}/setAcl/action`]],
  PutMessage: [[`${messages}/add/action`], [`${messages}/write`]],
  GetMessages: [[`${messages}/process/action`], [`${messages}/delete`, `${messages}/read`]],
  PeekMessages: [[`${messages}/read`]],
  ClearMessages: [[`${messages}/delete`]],
  UpdateMessage: [[`${messages}/write`]],
  DeleteMessage: [[`${messages}/process/action`], [`${messages}/delete`]],

  GetTableServiceProperties: [[`${tableService}/read`]],
  SetTableServiceProperties: [[`${tableService}/write`]],
  QueryTables: [[`${tables}/read`]],
  CreateTable: [[`${tables}/write`]],
  DeleteTable: [[`${tables}/delete`]],
  GetTableACL: [[`${tables}/getAcl/action`]],
  SetTableACL: [[`${tables}/setAcl/action`]],
  QueryEntities: [[`${entities}/read`]],
  InsertEntity: [[`${entities}/write`], [`${entities}/add/action`]],
  UpdateEntity: updateEntity,
  MergeEntity: updateEntity,
  InsertOrReplaceEntity: upsertEntity,
  InsertOrMergeEntity: upsertEntity,
  DeleteEntity: [[`${entities}/delete`]],
}

/**
 * What each data operation of Cosmos DB needs, by the name that the SDKs give it
 * (https://learn.microsoft.com/azure/cosmos-db/reference-data-plane-security). No data role makes databases or containers.
 */
const cosmosActions: Readonly<Record<string, Alternatives>> = {
  ReadMetadata: [[`${cosmos}/readMetadata`]],
  ReadItem: [[`${items}/read`]],
  CreateItem: [[`${items}/create`]],
  ReplaceItem: [[`${items}/replace`]],
  // A patch is written as a replacement of the item.
  PatchItem: [[`${items}/replace`]],
  UpsertItem: [[`${items}/upsert`]],
  DeleteItem: [[`${items}/delete`]],
  // Each operation inside needs its own; it is listed beside the batch.
  ExecuteBatch: [[]],
  // The SDKs also read ranges of the feed where they run a query.
  QueryItems: [[`${cosmosContainers}/executeQuery`, `${cosmosContainers}/readChangeFeed`]],
  ReadChangeFeed: [[`${cosmosContainers}/readChangeFeed`]],
  ExecuteStoredProcedure: [[`${cosmosContainers}/executeStoredProcedure`]],
}

/** Ways to be allowed an operation on an account; none where no role allows it, or where the operation is not in these tables. */
export function actionsOf(account: string, operation: string): Alternatives | undefined {
  return (account.startsWith('cosmos') ? cosmosActions : storageActions)[operation]
}
