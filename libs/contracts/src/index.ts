export type { Connection, TokenSource } from './connection.ts'
export {
  ApiKeyDocument,
  AssetDocument,
  AssetSource,
  EventDocument,
  IdempotencyDocument,
  JobDocument,
  PlaybackDocument,
  PriceBookDocument,
  RenditionDocument,
  TaskDocument,
  TenantDocument,
  UploadDocument,
  UsageRecordDocument,
  WorkflowVersionDocument,
  documentSchemaVersion,
} from './documents.ts'
export { errorCatalogue } from './error-catalogue.ts'
export type { ErrorCategory, ErrorCode, ErrorEntry } from './error-catalogue.ts'
export { ErrorBody, ZoetropeError, err, isRetried, toErrorBody, toZoetropeError } from './errors.ts'
export type { ErrorFacts } from './errors.ts'
export {
  AssetBody,
  CreateJobBody,
  CreateUploadBody,
  JobBody,
  ListQuery,
  MoneyBody,
  PatchAssetBody,
  ProblemBody,
  RenditionBody,
  RenditionFileBody,
  TaskBody,
  UploadBody,
  UsageBody,
  WorkflowBody,
} from './http.ts'
export type { Page } from './http.ts'
export { deriveId, idPrefixes, idSchema, isId, mintId, sha256Hex, withPrefix } from './ids.ts'
export type {
  AssetId,
  EventId,
  Id,
  IdPrefix,
  JobId,
  KeyId,
  PlaybackId,
  RenditionId,
  TaskId,
  TenantId,
  UploadId,
  WorkflowId,
} from './ids.ts'
export { MediaInfo } from './media.ts'
export { BlobCreatedEvent, JobCommandMessage, JobStartMessage } from './messages.ts'
export { metrics } from './metrics.ts'
export type { MetricDimensions, MetricName, MetricSpec } from './metrics.ts'
export { ImageVariant, ProbeFacts, meters, operationParameters, traitsOf } from './operations.ts'
export type { MeterName, OperationName } from './operations.ts'
export { MeterPrice, PriceBook, demoPriceBook } from './price-book.ts'
export {
  blobContainerNames,
  cosmosContainers,
  cosmosDatabaseName,
  queueNames,
  storageEvents,
  systemTenantId,
  tombstoneTtlSeconds,
} from './resources.ts'
export type { CosmosIndexingPolicy } from './indexing.ts'
export type {
  AccountName,
  BlobContainerName,
  CosmosContainerName,
  CosmosContainerSpec,
  QueueName,
  StorageEventSpec,
} from './resources.ts'
export { AssetState, JobState, MediaType, RenditionState, TaskState, UploadState } from './states.ts'
export {
  RenditionManifest,
  TaskInput,
  TaskMessage,
  TaskOutput,
  TaskProgress,
  TaskResult,
  TaskUsage,
  taskContractVersion,
} from './task-contract.ts'
export { WorkflowDefinition, WorkflowStep } from './workflow.ts'
