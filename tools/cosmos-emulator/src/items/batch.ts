import { ServiceError, badRequest } from '../errors.ts'
import { isJsonObject } from '../json.ts'
import type { JsonObject } from '../json.ts'
import { parseKeyHeader } from '../partition/partition-key.ts'
import type { PartitionKey } from '../partition/partition-key.ts'
import type { AccountStore, OpenContainer } from '../storage/account-store.ts'
import { ItemOperations } from './item-operations.ts'
import type { EtagConditions, ItemResult } from './item-operations.ts'
import { patchCondition } from './patch-condition.ts'

/** What became of one operation of a batch. */
export interface BatchResult {
  status: number
  substatus?: number
  retryAfterMs?: number
  /** What is wrong, where it failed. */
  message?: string
  result?: ItemResult
  hasBody: boolean
}

const mostOperations = 100
const failedDependency = 424

/** Reads the operations of a batch. @throws ServiceError 400 */
export function readOperations(body: unknown): JsonObject[] {
  if (!Array.isArray(body)) throw badRequest('A batch must be a list of operations.')
  if (body.length > mostOperations)
    throw badRequest(`A batch must not hold more than ${mostOperations} operations.`)
  return body.map((operation: unknown) => {
    if (!isJsonObject(operation) || typeof operation.operationType !== 'string')
      throw badRequest('An operation of a batch must have an operationType.')
    return operation
  })
}

/** Runs all operations or none: when one fails, the others answer 424 and nothing is stored. */
export function runAtomicBatch(
  store: AccountStore,
  container: OpenContainer,
  operations: readonly JsonObject[],
  key: PartitionKey | undefined,
): BatchResult[] {
  // Clients send empty bulks to the ranges of a split that got none of their operations, but never empty batches.
  if (operations.length === 0) throw badRequest('A batch must hold at least one operation.')
  if (!key) throw badRequest('PartitionKey value must be supplied for a transactional batch.', 1001)
  const results: BatchResult[] = []
  class BatchFailed extends Error {}
  try {
    store.file.write(() => {
      for (const operation of operations) {
        const result = toBatchResult(operation, () =>
          store.file.write(() => applyOperation(store, container, operation, key)),
        )
        results.push(result)
        if (result.status >= 400) throw new BatchFailed()
      }
    })
    return results
  } catch (error) {
    if (!(error instanceof BatchFailed)) throw error
    const failed = results.length - 1
    return operations.map((_, index) => {
      const own = results[index]
      return index === failed && own ? own : { status: failedDependency, hasBody: false }
    })
  }
}

/** How a bulk goes on. */
export interface BulkOptions {
  continuesOnError: boolean
  /** What each operation draws on, where throughput is enforced. */
  budget: { admit: () => void; charge: (units: number) => void } | undefined
}

/** Runs operations one by one, each on its own; after a failure the rest answer 424 unless told to continue. */
export function runBulk(
  store: AccountStore,
  container: OpenContainer,
  operations: readonly JsonObject[],
  { continuesOnError, budget }: BulkOptions,
): BatchResult[] {
  let hasFailed = false
  return operations.map((operation) => {
    if (hasFailed && !continuesOnError) return { status: failedDependency, hasBody: false }
    const result = toBatchResult(operation, () => {
      budget?.admit()
      const key = parseKeyHeader(
        typeof operation.partitionKey === 'string' ? operation.partitionKey : undefined,
      )
      return store.file.write(() => applyOperation(store, container, operation, key))
    })
    budget?.charge(result.result?.charge ?? 0)
    hasFailed ||= result.status >= 400
    return result
  })
}

/** What became of an operation; one that fails does not take the others with it. */
function toBatchResult(operation: JsonObject, run: () => ItemResult): BatchResult {
  try {
    const result = run()
    const hasBody =
      operation.operationType !== 'Delete' &&
      operation.minimalReturnPreference !== true &&
      result.status !== 304
    return { status: result.status, result, hasBody }
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error
    return {
      status: error.status,
      message: error.message,
      ...(error.substatus === undefined ? {} : { substatus: error.substatus }),
      ...(error.retryAfterMs === undefined ? {} : { retryAfterMs: error.retryAfterMs }),
      hasBody: false,
    }
  }
}

function applyOperation(
  store: AccountStore,
  container: OpenContainer,
  operation: JsonObject,
  key: PartitionKey | undefined,
): ItemResult {
  const items = new ItemOperations(store, container)
  const { resourceBody: body } = operation
  const conditions: EtagConditions = {
    ifMatch: text(operation.ifMatch),
    ifNoneMatch: text(operation.ifNoneMatch),
  }
  const target = { key, id: text(operation.id) ?? '', ...conditions }
  switch (operation.operationType) {
    case 'Create':
      return items.create(body, key)
    case 'Upsert':
      return items.upsert(body, key, conditions)
    case 'Read':
      return items.read(target)
    case 'Replace':
      return items.replace(target, body)
    case 'Delete':
      return items.delete(target)
    case 'Patch': {
      const patch = Array.isArray(body) ? { operations: body } : body
      if (!isJsonObject(patch)) throw badRequest('A patch must be a JSON object or an array.')
      return items.patch(target, patch.operations, patchCondition(patch.condition, store, container))
    }
    default:
      throw badRequest(`The operation type '${String(operation.operationType)}' of a batch is not known.`)
  }
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}
