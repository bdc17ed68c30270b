import { accessRows } from './access-rows.ts'
import { accountRows } from './account-rows.ts'
import { batchRows, bulkRows, partitionRows } from './batch-rows.ts'
import { changeFeedRows } from './change-feed-rows.ts'
import { clientRows } from './client-rows.ts'
import { containerRows } from './container-rows.ts'
import type { ContractRow } from './contract-row.ts'
import { creationRows } from './creation-rows.ts'
import { databaseRows } from './database-rows.ts'
import { itemRows } from './item-rows.ts'
import { lifetimeRows } from './lifetime-rows.ts'
import { keyRangeRows, offerRows } from './offer-rows.ts'
import { patchRows } from './patch-rows.ts'
import { queryRows } from './query-rows.ts'
import { scriptRows } from './script-rows.ts'
import { settledRows } from './settled-rows.ts'
import { splitRows } from './split-rows.ts'
import { smallResourceRows } from './small-resource-rows.ts'

/** The contract tables, by area: everything that the emulator does, or refuses by name. */
export const contractRows: Record<string, ContractRow[]> = {
  Account: accountRows,
  Databases: databaseRows,
  Containers: containerRows,
  'What is settled at the creation of a container': settledRows,
  'Making items': creationRows,
  Items: itemRows,
  Patch: patchRows,
  'Time to live and unique keys': lifetimeRows,
  Batches: batchRows,
  Bulk: bulkRows,
  Queries: queryRows,
  'What the .NET SDK sends': clientRows,
  'Change feed': changeFeedRows,
  'Deletion of a partition': partitionRows,
  Throughput: offerRows,
  'Key ranges': keyRangeRows,
  'Splits and sessions': splitRows,
  'Small resources': smallResourceRows,
  'Users and permissions': accessRows,
  'Stored procedures, triggers, user-defined functions': scriptRows,
}
