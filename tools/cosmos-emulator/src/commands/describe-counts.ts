import type { TransferCounts } from '../transfer/export-account.ts'

const plurals: Record<keyof TransferCounts, string> = {
  cosmosExport: 'exports',
  database: 'databases',
  clientEncryptionKey: 'client encryption keys',
  container: 'containers',
  storedProcedure: 'stored procedures',
  trigger: 'triggers',
  userDefinedFunction: 'user-defined functions',
  document: 'documents',
}

/** Such as `1 databases, 2 containers, 3 documents`. */
export function describeCounts(counts: TransferCounts): string {
  const { database = 0, container = 0, document = 0 } = counts
  const all = { ...counts, database, container, document }
  const parts = (Object.keys(plurals) as (keyof TransferCounts)[])
    .filter((kind) => all[kind] !== undefined)
    .map((kind) => `${all[kind]} ${plurals[kind]}`)
  return parts.join(', ')
}
