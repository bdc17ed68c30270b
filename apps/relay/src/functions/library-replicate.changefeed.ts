import { cosmosDatabaseName } from '@zoetrope/contracts'
import type { ChangedDocument } from '@zoetrope/store'

import { edge } from '../edge.ts'
import { replicate } from '../replicate.ts'

/** Changes of `library` -> the backup account. */
export const replicateLibrary = edge.changeFeed({
  name: 'library-replicate',
  connection: 'ZOETROPE_COSMOS',
  databaseName: cosmosDatabaseName,
  containerName: 'library',
  handle: (documents, deps) => replicate(deps, 'library', documents as unknown as ChangedDocument[]),
})
