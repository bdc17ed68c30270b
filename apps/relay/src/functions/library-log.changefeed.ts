import { cosmosDatabaseName, EventDocument } from '@zoetrope/contracts'

import { edge } from '../edge.ts'

/** Outbox events of `library` -> the event log. */
export const logLibrary = edge.changeFeed({
  name: 'library-log',
  connection: 'ZOETROPE_COSMOS',
  databaseName: cosmosDatabaseName,
  containerName: 'library',
  handle: async (documents, deps) => {
    const events = documents.filter((document) => document['kind'] === 'event')
    await deps.eventLog.append(events.map((event) => EventDocument.parse(event)))
  },
})
