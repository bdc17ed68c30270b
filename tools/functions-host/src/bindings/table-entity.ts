import type { TableEntity } from '@azure/data-tables'

import { HostError } from '../errors.ts'

/** A row to write, and how: inserted without an ETag, put over whatever is there with `*`, else over that version alone. */
export interface TableRow {
  readonly entity: TableEntity
  readonly etag: string | undefined
}

/** Keys that a binding gives to rows which have none of their own. */
export interface TableKeys {
  readonly partitionKey: string | undefined
  readonly rowKey: string | undefined
}

/**
 * A row of an object. `PartitionKey`, `RowKey` and `ETag` are known whatever their case; whole numbers become Int64, others Double,
 * objects and lists JSON text; null is left out. @throws HostError when a key is missing
 */
export function toTableRow(
  value: Readonly<Record<string, unknown>>,
  keys: TableKeys,
  title: string,
): TableRow {
  const reserved: Record<string, string | undefined> = {
    partitionkey: keys.partitionKey,
    rowkey: keys.rowKey,
  }
  const properties: Record<string, unknown> = {}
  for (const [name, field] of Object.entries(value)) {
    const lower = name.toLowerCase()
    if (lower === 'partitionkey' || lower === 'rowkey' || lower === 'etag') reserved[lower] = toKey(field)
    else if (field !== null && lower !== 'timestamp') properties[name] = toProperty(field)
  }
  const { partitionkey: partitionKey, rowkey: rowKey, etag } = reserved
  if (partitionKey === undefined || rowKey === undefined) {
    const missing = partitionKey === undefined ? 'PartitionKey' : 'RowKey'
    throw new HostError(`A row of the ${title} has no ${missing}. Set it in the row or on the binding.`)
  }
  return { entity: { ...properties, partitionKey, rowKey }, etag }
}

function toKey(field: unknown): string {
  return typeof field === 'string' ? field : JSON.stringify(field)
}

function toProperty(field: unknown): unknown {
  if (typeof field === 'string' || typeof field === 'boolean') return field
  if (typeof field !== 'number') return JSON.stringify(field)
  return Number.isInteger(field) && Math.abs(field) < 2 ** 63
    ? { type: 'Int64', value: String(BigInt(field)) }
    : { type: 'Double', value: String(field) }
}

/** A row as function code gets it: `PartitionKey` and `RowKey` first, no ETag, no Timestamp, 64-bit numbers as numbers. */
export function toRowJson(entity: Readonly<Record<string, unknown>>): string {
  const { partitionKey, rowKey, etag: _etag, timestamp: _timestamp, ...properties } = entity
  const fields = Object.entries({ PartitionKey: partitionKey, RowKey: rowKey, ...properties })
  const texts = fields
    .filter(([name]) => !name.startsWith('odata.'))
    .map(([name, field]) => `${JSON.stringify(name)}:${toFieldJson(field)}`)
  return `{${texts.join(',')}}`
}

function toFieldJson(field: unknown): string {
  if (typeof field !== 'object' || field === null) return JSON.stringify(field)
  const { type, value } = field as { type: string; value: string }
  // All digits of an Int64 are kept: whoever parses it decides how.
  if (type === 'Int32' || type === 'Int64') return String(value)
  if (type === 'Double') return Number.isFinite(Number(value)) ? String(value) : JSON.stringify(value)
  if (type === 'Boolean') return String(value)
  return JSON.stringify(type === 'DateTime' ? toJsonTime(value) : value)
}

/** A time as .NET writes it: with an offset, and no zeros at its end. */
function toJsonTime(time: string): string {
  return time.replace(/(?:(\.\d*?)0*)?Z$/, (_whole, digits: string | undefined) =>
    digits === undefined || digits === '.' ? '+00:00' : `${digits}+00:00`,
  )
}
