import { cosmosDatabaseName } from '@zoetrope/contracts'
import type { ChangedDocument } from '@zoetrope/store'

import { edge } from '../edge.ts'
import { replicate } from '../replicate.ts'

/** Changes of `jobs` -> the backup account. */
export const replicateJobs = edge.changeFeed({
  name: 'jobs-replicate',
  connection: 'ZOETROPE_COSMOS',
  databaseName: cosmosDatabaseName,
  containerName: 'jobs',
  handle: (documents, deps) => replicate(deps, 'jobs', documents as unknown as ChangedDocument[]),
})
