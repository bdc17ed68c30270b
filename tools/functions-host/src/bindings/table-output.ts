import type { TableClient, TransactionAction } from '@azure/data-tables'

import { connectTable } from '../storage/connections.ts'
import type { OutputBinding } from './binding-kind.ts'
import { createWhenMissing } from '../storage/create-when-missing.ts'
import { toObjects } from './output-elements.ts'
import type { TableRow } from './table-entity.ts'
import { toTableRow } from './table-entity.ts'

/** The most rows that a table takes in one transaction. */
const mostRows = 100

/** Inserts rows; those of one partition in transactions. A row that is there already is an error. The table is made when it is missing. */
export const tableOutput: OutputBinding = {
  type: 'table',
  prepare(properties, { settings }) {
    const connection = properties.connection('table')
    const tableName = properties.requiredTemplate('tableName')
    const partitionKey = properties.template('partitionKey')
    const rowKey = properties.template('rowKey')
    return async (value, data) => {
      const keys = { partitionKey: partitionKey?.bind(data), rowKey: rowKey?.bind(data) }
      const rows = toObjects(value, properties.title).map((each) => toTableRow(each, keys, properties.title))
      const table = await connectTable(settings, connection, tableName.bind(data))
      for (const batch of toBatches(rows))
        await createWhenMissing(
          () => write(table, batch),
          () => table.createTable(),
        )
      return undefined
    }
  },
}

async function write(table: TableClient, batch: readonly TableRow[]): Promise<void> {
  const [first] = batch
  if (batch.length === 1 && first && first.etag === undefined) await table.createEntity(first.entity)
  else await table.submitTransaction(batch.map(toAction))
}

function toAction({ entity, etag }: TableRow): TransactionAction {
  if (etag === undefined) return ['create', entity]
  return etag === '*' ? ['upsert', entity, 'Replace'] : ['update', entity, 'Replace', { etag }]
}

/** Groups rows as one transaction can take them: of one partition, each row once. The order within a partition stays. */
export function toBatches(rows: readonly TableRow[]): TableRow[][] {
  const batches: TableRow[][] = []
  const open = new Map<string, TableRow[]>()
  for (const row of rows) {
    const { partitionKey, rowKey } = row.entity
    const current = open.get(partitionKey)
    const isFit =
      current && current.length < mostRows && current.every(({ entity }) => entity.rowKey !== rowKey)
    const batch = isFit ? current : []
    if (batch !== current) {
      batches.push(batch)
      open.set(partitionKey, batch)
    }
    batch.push(row)
  }
  return batches
}
