import { varintBytes } from './byte-reader.ts'
import { fixedSize, rowVersion } from './row-schema.ts'
import type { Column, ColumnType, ColumnValue, Row, RowSchema } from './row-schema.ts'

const typeCodes: Readonly<Record<Exclude<ColumnType, 'bool'>, number>> = {
  int32: 7,
  uint32: 11,
  float64: 16,
  utf8: 20,
  binary: 21,
}

/** Writes one row, as `readRow` reads it. */
export function writeRow(row: Row, schema: RowSchema): Buffer {
  const head = Buffer.alloc(5)
  head.writeUInt8(rowVersion)
  head.writeInt32LE(schema.id, 1)
  const stored = schema.columns.filter(({ storage }) => storage !== 'sparse')
  const presence = Buffer.alloc(Math.ceil(stored.length / 8))
  const parts: Uint8Array[] = [head, presence]
  for (const [index, column] of stored.entries()) {
    const value = row[column.name]
    if (value !== undefined) {
      presence[index >> 3] = (presence[index >> 3] ?? 0) | (1 << (index & 7))
      parts.push(valueBytes(value, column))
    } else if (column.storage === 'fixed') parts.push(Buffer.alloc(fixedSize(column)))
  }
  for (const [index, column] of schema.columns.entries()) {
    const value = row[column.name]
    if (column.storage === 'sparse' && value !== undefined) parts.push(sparseBytes(value, column, index + 1))
  }
  return Buffer.concat(parts)
}

function sparseBytes(value: ColumnValue, column: Column, number: number): Uint8Array {
  if (column.type === 'bool') return Buffer.from([value === true ? 3 : 2, number])
  return Buffer.concat([Buffer.from([typeCodes[column.type], number]), valueBytes(value, column)])
}

function valueBytes(value: ColumnValue, { type }: Column): Buffer {
  if (type === 'utf8' || type === 'binary') {
    const bytes = Buffer.isBuffer(value) ? value : Buffer.from(String(value))
    return Buffer.concat([varintBytes(bytes.length), bytes])
  }
  const bytes = Buffer.alloc(type === 'bool' ? 1 : type === 'float64' ? 8 : 4)
  if (type === 'float64') bytes.writeDoubleLE(Number(value))
  else if (type === 'uint32') bytes.writeUInt32LE(Number(value))
  else if (type === 'int32') bytes.writeInt32LE(Number(value))
  else bytes.writeUInt8(value === true ? 1 : 0)
  return bytes
}
