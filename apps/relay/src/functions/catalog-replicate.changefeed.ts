import { cosmosDatabaseName } from '@zoetrope/contracts'
import type { ChangedDocument } from '@zoetrope/store'

import { edge } from '../edge.ts'
import { replicate } from '../replicate.ts'

/** Changes of `catalog` -> the backup account. */
export const replicateCatalog = edge.changeFeed({
  name: 'catalog-replicate',
  connection: 'ZOETROPE_COSMOS',
  databaseName: cosmosDatabaseName,
  containerName: 'catalog',
  handle: (documents, deps) => replicate(deps, 'catalog', documents as unknown as ChangedDocument[]),
})
