import { cosmosDatabaseName, EventDocument } from '@zoetrope/contracts'

import { edge } from '../edge.ts'
import { parseKind } from '../parse-kind.ts'

/** Outbox events of `library` -> the event log. */
export const logLibrary = edge.changeFeed({
  name: 'library-log',
  connection: 'ZOETROPE_COSMOS',
  databaseName: cosmosDatabaseName,
  containerName: 'library',
  handle: async (documents, deps, context) => {
    await deps.eventLog.append(parseKind(EventDocument, 'event', { documents, context }))
  },
})
