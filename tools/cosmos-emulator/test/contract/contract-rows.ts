import { accessRows } from './access-rows.ts'
import { accountRows } from './account-rows.ts'
import { containerRows } from './container-rows.ts'
import type { ContractRow } from './contract-row.ts'
import { databaseRows } from './database-rows.ts'
import { scriptRows } from './script-rows.ts'

/** The contract tables, by area: everything that the emulator does, or refuses by name. */
export const contractRows: Record<string, ContractRow[]> = {
  Account: accountRows,
  Databases: databaseRows,
  Containers: containerRows,
  'Users and permissions': accessRows,
  'Stored procedures, triggers, user-defined functions': scriptRows,
}
