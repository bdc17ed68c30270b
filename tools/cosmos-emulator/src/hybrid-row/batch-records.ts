import { badRequest, notImplemented } from '../errors.ts'
import type { JsonObject } from '../json.ts'
import { readRow } from './read-row.ts'
import { readRecords, writeRecords } from './record-stream.ts'
import { batchOperationSchema, batchResultSchema } from './row-schema.ts'
import type { Row } from './row-schema.ts'
import { writeRow } from './write-row.ts'

const operationTypes: Readonly<Record<number, string>> = {
  0: 'Create',
  1: 'Patch',
  2: 'Read',
  4: 'Delete',
  5: 'Replace',
  20: 'Upsert',
}
const documentType = 2

/** The operations of a binary batch, as other clients send them in JSON. @throws ServiceError 400, or 501 for what only the service itself sends */
export function readBatchRecords(body: Buffer): JsonObject[] {
  return readRecords(body).map((record) => toOperation(readRow(record, batchOperationSchema)))
}

function toOperation({
  operationType,
  resourceType,
  resourceBody,
  effectivePartitionKey,
  binaryId,
  ...others
}: Row): JsonObject {
  const type = operationTypes[Number(operationType)]
  if (type === undefined || resourceType !== documentType)
    throw badRequest(
      `A batch cannot hold an operation of the type ${String(operationType)} on a resource of the type ${String(resourceType)}.`,
    )
  if (effectivePartitionKey !== undefined || binaryId !== undefined)
    throw notImplemented('an operation of a batch by effectivePartitionKey or binaryId')
  return {
    operationType: type,
    ...others,
    ...(resourceBody === undefined ? {} : { resourceBody: toJson(resourceBody) }),
  }
}

function toJson(body: Row[string]): unknown {
  try {
    return JSON.parse(String(body))
  } catch {
    throw badRequest('The body of an operation of the batch is not valid JSON.')
  }
}

/** What became of one operation. `resourceBody` is JSON text. */
export interface BatchResultRecord {
  statusCode: number
  subStatusCode: number | undefined
  requestCharge: number
  eTag: string | undefined
  retryAfterMilliseconds: number | undefined
  resourceBody: Buffer | undefined
}

/** Writes the results of a batch in binary, for a client that sent it so. */
export function writeBatchRecords(results: readonly BatchResultRecord[]): Buffer {
  return writeRecords(results.map((result) => writeRow({ ...result }, batchResultSchema)))
}
