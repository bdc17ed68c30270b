/** What a column may hold. */
export type ColumnValue = number | boolean | string | Buffer

/** The types that the rows of a batch are made of. */
export type ColumnType = 'int32' | 'uint32' | 'float64' | 'bool' | 'utf8' | 'binary'

/** A column: of fixed length, of variable length, or sparse, which is stored under its number only where it has a value. */
export interface Column {
  name: string
  type: ColumnType
  storage: 'fixed' | 'variable' | 'sparse'
}

/** What a row holds, in the order in which it is stored: fixed columns, then variable ones, then sparse ones. */
export interface RowSchema {
  /** Names the schema at the head of each row. */
  id: number
  columns: readonly Column[]
}

/** A row by the names of its columns; an absent column has no value. */
export type Row = Record<string, ColumnValue | undefined>

/** One operation of a batch, as the .NET client sends it. */
export const batchOperationSchema: RowSchema = {
  id: 2145473648,
  columns: [
    { name: 'operationType', type: 'int32', storage: 'fixed' },
    { name: 'resourceType', type: 'int32', storage: 'fixed' },
    { name: 'partitionKey', type: 'utf8', storage: 'variable' },
    { name: 'effectivePartitionKey', type: 'binary', storage: 'variable' },
    { name: 'id', type: 'utf8', storage: 'variable' },
    { name: 'binaryId', type: 'binary', storage: 'variable' },
    { name: 'resourceBody', type: 'binary', storage: 'variable' },
    { name: 'indexingDirective', type: 'utf8', storage: 'sparse' },
    { name: 'ifMatch', type: 'utf8', storage: 'sparse' },
    { name: 'ifNoneMatch', type: 'utf8', storage: 'sparse' },
    { name: 'timeToLiveInSeconds', type: 'int32', storage: 'sparse' },
    { name: 'minimalReturnPreference', type: 'bool', storage: 'sparse' },
  ],
}

/** What became of one operation of a batch, as the .NET client reads it. */
export const batchResultSchema: RowSchema = {
  id: 2145473649,
  columns: [
    { name: 'statusCode', type: 'int32', storage: 'fixed' },
    { name: 'subStatusCode', type: 'int32', storage: 'fixed' },
    { name: 'eTag', type: 'utf8', storage: 'variable' },
    { name: 'resourceBody', type: 'binary', storage: 'variable' },
    { name: 'retryAfterMilliseconds', type: 'uint32', storage: 'sparse' },
    { name: 'requestCharge', type: 'float64', storage: 'sparse' },
  ],
}

/** The first byte of every row: the only version of the format that there is. */
export const rowVersion = 0x81

const fixedSizes = { int32: 4, uint32: 4, float64: 8 } as const

/** How many bytes a fixed column takes, with a value or without. */
export function fixedSize({ name, type }: Column): number {
  if (type in fixedSizes) return fixedSizes[type as keyof typeof fixedSizes]
  throw new Error(`The column ${name} of the type ${type} cannot be of fixed length.`)
}
