import { badRequest, notImplemented, readSessionNotAvailable, tooLarge } from '../errors.ts'
import { isJsonObject } from '../json.ts'
import { readOperations, runAtomicBatch, runBulk } from '../items/batch.ts'
import type { BatchResult } from '../items/batch.ts'
import { ItemOperations } from '../items/item-operations.ts'
import type { ItemResult } from '../items/item-operations.ts'
import { patchCondition } from '../items/patch-condition.ts'
import { parseKeyHeader, prefixBounds } from '../partition/partition-key.ts'
import { runQuery } from '../sql/run-query.ts'
import type { AccountStore, OpenContainer } from '../storage/account-store.ts'
import { readChangeFeed } from './change-feed.ts'
import { header, isFlagged, jsonBody, pageSize } from './exchange.ts'
import type { Request, Response } from './exchange.ts'
import { planQuery, queryDocuments, readConfines } from './query-documents.ts'

const largestBatchBytes = 2 * 1024 * 1024

/** `.../docs`: queries, plans, batches, the change feed, and the making of documents. */
export function handleDocuments(store: AccountStore, request: Request, container: OpenContainer): Response {
  checkSession(request, container)
  return withSession(container, documentsResponse(store, request, container))
}

/** `.../docs/{id}`: one document. */
export function handleDocument(
  store: AccountStore,
  request: Request,
  container: OpenContainer,
  id: string,
): Response {
  checkSession(request, container)
  return withSession(container, documentResponse(store, request, container, id))
}

/** POST `.../operations/partitionkeydelete`: every document of one logical partition. */
export function deletePartition(store: AccountStore, request: Request, container: OpenContainer): Response {
  if (request.method !== 'POST') throw notImplemented(`${request.method} on partitionkeydelete`)
  const key = parseKeyHeader(header(request, 'x-ms-documentdb-partitionkey'))
  if (!key || key.parts.length === 0)
    throw badRequest('PartitionKey value must be supplied for this operation.', 1001)
  const isWhole = key.parts.length === container.record.definition.partitionKey.paths.length
  store.file.write(() => {
    container.record.lsn += 1
    const scan = isWhole ? { pk: key.text } : { pkBounds: prefixBounds(key) }
    container.items.removePartition(scan, store.nowSeconds())
  })
  return withSession(container, { status: 200, headers: { 'x-ms-request-charge': '10' } })
}

function documentsResponse(store: AccountStore, request: Request, container: OpenContainer): Response {
  if (request.method === 'GET')
    return header(request, 'a-im') === undefined
      ? readFeed(store, request, container)
      : readChangeFeed(store, request, container)
  if (request.method !== 'POST') throw notImplemented(`${request.method} on documents`)
  if (isFlagged(request, 'x-ms-cosmos-is-query-plan-request')) return planQuery(request)
  if (isFlagged(request, 'x-ms-cosmos-is-batch-request')) return runBatch(store, request, container)
  const isQuery =
    isFlagged(request, 'x-ms-documentdb-isquery') ||
    (header(request, 'content-type') ?? '').startsWith('application/query+json')
  if (isQuery) return queryDocuments(store, request, container)
  refuseTriggers(request)
  const items = new ItemOperations(store, container)
  const body = jsonBody(request)
  const key = parseKeyHeader(header(request, 'x-ms-documentdb-partitionkey'))
  const isUpsert = isFlagged(request, 'x-ms-documentdb-is-upsert')
  return itemResponse(
    request,
    store.file.write(() =>
      isUpsert ? items.upsert(body, key, conditionsOf(request)) : items.create(body, key),
    ),
  )
}

function documentResponse(
  store: AccountStore,
  request: Request,
  container: OpenContainer,
  id: string,
): Response {
  const items = new ItemOperations(store, container)
  const key = parseKeyHeader(header(request, 'x-ms-documentdb-partitionkey'))
  const target = { key, id, ...conditionsOf(request) }
  switch (request.method) {
    case 'GET':
      return itemResponse(request, items.read(target))
    case 'PUT': {
      refuseTriggers(request)
      const body = jsonBody(request)
      return itemResponse(
        request,
        store.file.write(() => items.replace(target, body)),
      )
    }
    case 'PATCH': {
      const body = jsonBody(request)
      const patch = Array.isArray(body) ? { operations: body, condition: undefined } : body
      if (!isJsonObject(patch)) throw badRequest('A patch must be a JSON object or an array.')
      const isMet = patchCondition(patch.condition, store, container)
      return itemResponse(
        request,
        store.file.write(() => items.patch(target, patch.operations, isMet)),
      )
    }
    case 'DELETE':
      refuseTriggers(request)
      return itemResponse(
        request,
        store.file.write(() => items.delete(target)),
      )
    default:
      throw notImplemented(`${request.method} on a document`)
  }
}

function readFeed(store: AccountStore, request: Request, container: OpenContainer): Response {
  const page = runQuery(store, container, {
    text: 'SELECT * FROM c',
    parameters: new Map(),
    confines: readConfines(request, container),
    continuation: header(request, 'x-ms-continuation'),
    pageSize: pageSize(request, 100),
  })
  return {
    status: 200,
    headers: {
      'x-ms-request-charge': (1 + page.scannedBytes / 4096).toFixed(2),
      'x-ms-item-count': String(page.rows.length),
      ...(page.continuation === undefined ? {} : { 'x-ms-continuation': page.continuation }),
    },
    body: `{"_rid":${JSON.stringify(container.record.rid)},"Documents":[${page.rows.join(',')}],"_count":${page.rows.length}}`,
  }
}

function runBatch(store: AccountStore, request: Request, container: OpenContainer): Response {
  const isAtomic = isFlagged(request, 'x-ms-cosmos-batch-atomic')
  if (isAtomic && request.body.length > largestBatchBytes) throw tooLarge('2 MB for a transactional batch')
  const operations = readOperations(jsonBody(request))
  const results = isAtomic
    ? runAtomicBatch(
        store,
        container,
        operations,
        parseKeyHeader(header(request, 'x-ms-documentdb-partitionkey')),
      )
    : runBulk(store, container, operations, isFlagged(request, 'x-ms-cosmos-batch-continue-on-error'))
  const isMinimal = header(request, 'prefer') === 'return=minimal'
  const charge = results.reduce((sum, { result }) => sum + (result?.charge ?? 1), 0)
  return {
    status: results.every(({ status }) => status < 400) ? 200 : 207,
    headers: { 'x-ms-request-charge': charge.toFixed(2), 'x-ms-item-count': String(results.length) },
    body: `[${results.map((result) => batchResultText(result, isMinimal)).join(',')}]`,
  }
}

function batchResultText(
  { status, substatus, retryAfterMs, result, hasBody }: BatchResult,
  isMinimal: boolean,
): string {
  const fields = {
    statusCode: status,
    subStatusCode: substatus,
    requestCharge: result?.charge ?? 1,
    eTag: result?.item?.etag,
    retryAfterMilliseconds: retryAfterMs,
  }
  const text = JSON.stringify(fields)
  const body = hasBody && !isMinimal ? result?.item?.body : undefined
  // A stored document is JSON text already, so it is put in as it is.
  return body === undefined ? text : `${text.slice(0, -1)},"resourceBody":${body}}`
}

function itemResponse(request: Request, { status, item, charge }: ItemResult): Response {
  const isMinimal = request.method !== 'GET' && header(request, 'prefer') === 'return=minimal'
  const hasBody = item !== undefined && status !== 304 && !isMinimal
  return {
    status,
    headers: {
      'x-ms-request-charge': String(charge),
      ...(item ? { etag: item.etag, lsn: String(item.lsn) } : {}),
    },
    ...(hasBody ? { body: item.body } : {}),
  }
}

function conditionsOf(request: Request): { ifMatch: string | undefined; ifNoneMatch: string | undefined } {
  return { ifMatch: header(request, 'if-match'), ifNoneMatch: header(request, 'if-none-match') }
}

function refuseTriggers(request: Request): void {
  const names =
    header(request, 'x-ms-documentdb-pre-trigger-include') ??
    header(request, 'x-ms-documentdb-post-trigger-include')
  if (names !== undefined) throw notImplemented(`the trigger '${names}'`)
}

/** A reader that has seen more than is stored here must not be answered with older data. */
function checkSession(request: Request, { record }: OpenContainer): void {
  const token = header(request, 'x-ms-session-token')
  if (token === undefined) return
  for (const part of token.split(',')) {
    const [, version = ''] = part.split(':')
    const lsn = Number(version.split('#')[1])
    if (Number.isFinite(lsn) && lsn > record.lsn) throw readSessionNotAvailable()
  }
}

function withSession({ database, record }: OpenContainer, response: Response): Response {
  response.headers['x-ms-session-token'] = record.ranges.map(({ id }) => `${id}:-1#${record.lsn}`).join(',')
  response.headers['x-ms-alt-content-path'] =
    `dbs/${encodeURIComponent(database.id)}/colls/${encodeURIComponent(record.id)}`
  response.headers['x-ms-content-path'] = record.rid
  return response
}
