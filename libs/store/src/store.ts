import type { Database } from '@azure/cosmos'

import type { Documents } from './documents.ts'
import { cosmosDocuments } from './documents.ts'

/** The containers that hold the product's state (SPINE: who owns what). */
export interface Store {
  /** Uploads, assets, renditions and their events; partition [tenantId, assetId]. */
  readonly library: Documents
  /** Jobs, tasks, usage records and their events; partition [tenantId, jobId]. */
  readonly jobs: Documents
  /** Tenants, API keys, workflows, prices, idempotency records; partition [tenantId]. */
  readonly catalog: Documents
  /** Playback ids; partition [id]. */
  readonly playback: Documents
}

/** The store in this database. */
export function cosmosStore(database: Database): Store {
  return {
    library: cosmosDocuments(database.container('library')),
    jobs: cosmosDocuments(database.container('jobs')),
    catalog: cosmosDocuments(database.container('catalog')),
    playback: cosmosDocuments(database.container('playback')),
  }
}
