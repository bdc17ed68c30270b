import { cosmosDatabaseName, UsageRecordDocument } from '@zoetrope/contracts'

import { edge } from '../edge.ts'
import { parseKind } from '../parse-kind.ts'

/** Usage records of `jobs` -> the usage of the day in which their task ended. */
export const meterJobs = edge.changeFeed({
  name: 'jobs-meter',
  connection: 'ZOETROPE_COSMOS',
  databaseName: cosmosDatabaseName,
  containerName: 'jobs',
  handle: async (documents, deps, context) => {
    await deps.usage.copy(parseKind(UsageRecordDocument, 'usage', { documents, context }))
  },
})
