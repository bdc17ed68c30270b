import { badRequest } from '../errors.ts'
import { ByteReader } from './byte-reader.ts'
import { fixedSize, rowVersion } from './row-schema.ts'
import type { Column, ColumnType, ColumnValue, Row, RowSchema } from './row-schema.ts'

/** The types that stand before the values of sparse columns; the two of a bool are its value too. */
const typesByCode: Readonly<Record<number, ColumnType>> = {
  2: 'bool',
  3: 'bool',
  7: 'int32',
  11: 'uint32',
  16: 'float64',
  20: 'utf8',
  21: 'binary',
}
const codeOfTrue = 3

/** Reads one row: a header, bits that tell which columns have a value, and the columns. @throws ServiceError 400 for bytes that are no such row */
export function readRow(bytes: Buffer, schema: RowSchema): Row {
  const reader = new ByteReader(bytes)
  if (reader.uint8() !== rowVersion || reader.int32() !== schema.id)
    throw badRequest(`The binary body holds a row that is not of the schema ${schema.id}.`)
  const stored = schema.columns.filter(({ storage }) => storage !== 'sparse')
  const presence = reader.take(Math.ceil(stored.length / 8))
  const row: Row = {}
  for (const [index, column] of stored.entries()) {
    const isPresent = ((presence[index >> 3] ?? 0) & (1 << (index & 7))) !== 0
    if (column.storage === 'fixed') {
      const value = readValue(new ByteReader(reader.take(fixedSize(column))), column.type)
      if (isPresent) row[column.name] = value
    } else if (isPresent) row[column.name] = readValue(reader, column.type)
  }
  while (!reader.isAtEnd) readSparse(reader, schema, row)
  return row
}

function readSparse(reader: ByteReader, { columns }: RowSchema, row: Row): void {
  const code = reader.uint8()
  const type = typesByCode[code]
  const column = readPath(reader, columns)
  if (type === undefined || column?.type !== type)
    throw badRequest(`The binary body holds a column that is not known, or of another type (${code}).`)
  row[column.name] = type === 'bool' ? code === codeOfTrue : readValue(reader, type)
}

/** A path is the number of a column, from 1; or the length of a name, counted on from these numbers, and the name. */
function readPath(reader: ByteReader, columns: readonly Column[]): Column | undefined {
  const number = reader.varint()
  if (number <= columns.length) return columns[number - 1]
  const name = reader.take(number - columns.length - 1).toString('utf8')
  return columns.find((column) => column.name === name)
}

function readValue(reader: ByteReader, type: ColumnType): ColumnValue {
  switch (type) {
    case 'int32':
      return reader.int32()
    case 'uint32':
      return reader.uint32()
    case 'float64':
      return reader.float64()
    case 'bool':
      return reader.uint8() !== 0
    case 'utf8':
      return reader.take(reader.varint()).toString('utf8')
    case 'binary':
      return reader.take(reader.varint())
  }
}
