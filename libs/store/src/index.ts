export type { AuthenticateTenant } from './api-keys.ts'
export { apiKeyDocument, makeApiKey, tenantAuthenticator } from './api-keys.ts'
export { connectCosmos } from './connect-cosmos.ts'
export type {
  BatchOperation,
  BatchOutcome,
  DocumentQuery,
  Documents,
  Partition,
  StoredDocument,
} from './documents.ts'
export { newDocument } from './documents.ts'
export type { EventLogWriter } from './event-log.ts'
export { cosmosEventLog } from './event-log.ts'
export type { PageQuery } from './list-page.ts'
export { listPage } from './list-page.ts'
export type { EventFacts } from './outbox.ts'
export { eventOperation } from './outbox.ts'
export type { ChangedDocument, CopyOrigin, ReplicaWriter } from './replica-writer.ts'
export { cosmosReplicaWriter } from './replica-writer.ts'
export type { Store } from './store.ts'
export { cosmosStore } from './store.ts'
export type { UsageCopies, UsageQuery, UsageSum } from './usage-copies.ts'
export { cosmosUsageCopies } from './usage-copies.ts'
