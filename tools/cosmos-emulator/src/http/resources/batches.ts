import { tooLarge } from '../../errors.ts'
import { readBatchRecords, writeBatchRecords } from '../../hybrid-row/batch-records.ts'
import type { BatchResultRecord } from '../../hybrid-row/batch-records.ts'
import { isRecordStream } from '../../hybrid-row/record-stream.ts'
import { readOperations, runAtomicBatch, runBulk as runBulkOperations } from '../../items/batch.ts'
import type { BatchResult } from '../../items/batch.ts'
import type { JsonObject } from '../../json.ts'
import { parseKeyHeader } from '../../partition/partition-key.ts'
import type { Call } from '../call.ts'
import { header, isFlagged, jsonBody } from '../exchange.ts'
import type { Request, Response } from '../exchange.ts'
import { inSession } from '../session.ts'
import { refuseTriggers } from './triggers.ts'

const largestBatchBytes = 2 * 1024 * 1024

/** POST `.../docs` with the batch header, atomic: all operations or none. In JSON, or in binary as the .NET client sends it. */
export function runBatch(call: Call): Response {
  const { store, request } = call
  refuseTriggers(request, 'a batch')
  if (request.body.length > largestBatchBytes) throw tooLarge('2 MB for a transactional batch')
  const key = parseKeyHeader(header(request, 'x-ms-documentdb-partitionkey'))
  return inSession(call, (container) =>
    batchResponse(request, runAtomicBatch(store, container, operationsOf(request), key)),
  )
}

/** POST `.../docs` with the batch header, not atomic: each operation for itself. */
export function runBulk(call: Call): Response {
  const { store, request } = call
  refuseTriggers(request, 'a bulk request')
  const continuesOnError = isFlagged(request, 'x-ms-cosmos-batch-continue-on-error')
  return inSession(call, (container, budget) => {
    const options = { continuesOnError, budget }
    return batchResponse(request, runBulkOperations(store, container, operationsOf(request), options))
  })
}

function operationsOf(request: Request): JsonObject[] {
  return readOperations(isRecordStream(request.body) ? readBatchRecords(request.body) : jsonBody(request))
}

function batchResponse(request: Request, results: readonly BatchResult[]): Response {
  const isMinimal = header(request, 'prefer') === 'return=minimal'
  const charge = results.reduce((sum, { result }) => sum + (result?.charge ?? 1), 0)
  return {
    status: results.every(({ status }) => status < 400) ? 200 : 207,
    headers: { 'x-ms-request-charge': charge.toFixed(2), 'x-ms-item-count': String(results.length) },
    body: isRecordStream(request.body) ? toRecords(results, isMinimal) : toJsonText(results, isMinimal),
  }
}

function toRecords(results: readonly BatchResult[], isMinimal: boolean): Buffer {
  return writeBatchRecords(
    results.map((result) => {
      const body = bodyOf(result, isMinimal)
      return { ...fieldsOf(result), resourceBody: body === undefined ? undefined : Buffer.from(body) }
    }),
  )
}

function toJsonText(results: readonly BatchResult[], isMinimal: boolean): string {
  const texts = results.map((result) => {
    const text = JSON.stringify({ ...fieldsOf(result), message: result.message })
    const body = bodyOf(result, isMinimal)
    // A stored document is JSON text already, so it is put in as it is.
    return body === undefined ? text : `${text.slice(0, -1)},"resourceBody":${body}}`
  })
  return `[${texts.join(',')}]`
}

function fieldsOf({
  status,
  substatus,
  retryAfterMs,
  result,
}: BatchResult): Omit<BatchResultRecord, 'resourceBody'> {
  return {
    statusCode: status,
    subStatusCode: substatus,
    requestCharge: result?.charge ?? 1,
    eTag: result?.item?.etag,
    retryAfterMilliseconds: retryAfterMs,
  }
}

function bodyOf({ result, hasBody }: BatchResult, isMinimal: boolean): string | undefined {
  return hasBody && !isMinimal ? result?.item?.body : undefined
}
