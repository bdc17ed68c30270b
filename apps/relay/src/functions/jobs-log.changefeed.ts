import { cosmosDatabaseName, EventDocument } from '@zoetrope/contracts'

import { edge } from '../edge.ts'
import { parseKind } from '../parse-kind.ts'

/** Outbox events of `jobs` -> the event log. */
export const logJobs = edge.changeFeed({
  name: 'jobs-log',
  connection: 'ZOETROPE_COSMOS',
  databaseName: cosmosDatabaseName,
  containerName: 'jobs',
  handle: async (documents, deps, context) => {
    await deps.eventLog.append(parseKind(EventDocument, 'event', { documents, context }))
  },
})
