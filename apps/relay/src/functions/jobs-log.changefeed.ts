import { cosmosDatabaseName, EventDocument } from '@zoetrope/contracts'

import { edge } from '../edge.ts'

/** Outbox events of `jobs` -> the event log. */
export const logJobs = edge.changeFeed({
  name: 'jobs-log',
  connection: 'ZOETROPE_COSMOS',
  databaseName: cosmosDatabaseName,
  containerName: 'jobs',
  handle: async (documents, deps) => {
    const events = documents.filter((document) => document['kind'] === 'event')
    await deps.eventLog.append(events.map((event) => EventDocument.parse(event)))
  },
})
