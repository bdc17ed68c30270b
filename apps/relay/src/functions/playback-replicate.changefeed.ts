import { cosmosDatabaseName } from '@zoetrope/contracts'
import type { ChangedDocument } from '@zoetrope/store'

import { edge } from '../edge.ts'
import { replicate } from '../replicate.ts'

/** Changes of `playback` -> the backup account. */
export const replicatePlayback = edge.changeFeed({
  name: 'playback-replicate',
  connection: 'ZOETROPE_COSMOS',
  databaseName: cosmosDatabaseName,
  containerName: 'playback',
  handle: (documents, deps) => replicate(deps, 'playback', documents as unknown as ChangedDocument[]),
})
