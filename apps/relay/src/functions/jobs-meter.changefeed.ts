import { cosmosDatabaseName, UsageRecordDocument } from '@zoetrope/contracts'

import { edge } from '../edge.ts'

/** Usage records of `jobs` -> the usage of the day in which their task ended. */
export const meterJobs = edge.changeFeed({
  name: 'jobs-meter',
  connection: 'ZOETROPE_COSMOS',
  databaseName: cosmosDatabaseName,
  containerName: 'jobs',
  handle: async (documents, deps) => {
    const records = documents.filter((document) => document['kind'] === 'usage')
    await deps.usage.copy(records.map((record) => UsageRecordDocument.parse(record)))
  },
})
