import { accessRows } from './access-rows.ts'
import type { ContractRow } from './contract-row.ts'
import { databaseRows } from './database-rows.ts'

/** The contract tables, by area: everything that the emulator does, or refuses by name. */
export const contractRows: Record<string, ContractRow[]> = {
  Databases: databaseRows,
  'Users and permissions': accessRows,
}
