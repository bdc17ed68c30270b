import type { TransferCounts } from '../transfer/export-account.ts'

const names: Record<keyof TransferCounts, string> = {
  cosmosExport: 'export',
  database: 'database',
  clientEncryptionKey: 'client encryption key',
  container: 'container',
  storedProcedure: 'stored procedure',
  trigger: 'trigger',
  userDefinedFunction: 'user-defined function',
  document: 'document',
}

/** Such as `1 database, 2 containers, 3 documents`. */
export function describeCounts(counts: TransferCounts): string {
  const { database = 0, container = 0, document = 0 } = counts
  const all = { ...counts, database, container, document }
  const parts = (Object.keys(names) as (keyof TransferCounts)[]).flatMap((kind) =>
    all[kind] === undefined ? [] : [describeCount(all[kind], names[kind])],
  )
  return parts.join(', ')
}

/** Such as `1 fault` or `2 faults`. */
export function describeCount(count: number, name: string): string {
  return `${count} ${name}${count === 1 ? '' : 's'}`
}
