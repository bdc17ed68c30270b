import { accessRows } from './access-rows.ts'
import { accountRows } from './account-rows.ts'
import { containerRows } from './container-rows.ts'
import type { ContractRow } from './contract-row.ts'
import { creationRows } from './creation-rows.ts'
import { databaseRows } from './database-rows.ts'
import { itemRows } from './item-rows.ts'
import { lifetimeRows } from './lifetime-rows.ts'
import { patchRows } from './patch-rows.ts'
import { scriptRows } from './script-rows.ts'

/** The contract tables, by area: everything that the emulator does, or refuses by name. */
export const contractRows: Record<string, ContractRow[]> = {
  Account: accountRows,
  Databases: databaseRows,
  Containers: containerRows,
  'Making items': creationRows,
  Items: itemRows,
  Patch: patchRows,
  'Time to live and unique keys': lifetimeRows,
  'Users and permissions': accessRows,
  'Stored procedures, triggers, user-defined functions': scriptRows,
}
