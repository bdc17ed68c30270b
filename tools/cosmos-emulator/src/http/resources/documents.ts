import { badRequest } from '../../errors.ts'
import { ItemOperations } from '../../items/item-operations.ts'
import type { ItemResult, ItemTarget } from '../../items/item-operations.ts'
import { patchCondition } from '../../items/patch-condition.ts'
import { isJsonObject } from '../../json.ts'
import { parseKeyHeader } from '../../partition/partition-key.ts'
import type { PartitionKey } from '../../partition/partition-key.ts'
import { runQuery } from '../../sql/run-query.ts'
import { documentFeedCharge } from '../../sql/run/query-charge.ts'
import type { AccountStore, OpenContainer } from '../../storage/account-store.ts'
import { idOf } from '../call.ts'
import type { Call } from '../call.ts'
import { readConfines } from '../confines.ts'
import { header, jsonBody, pageSize } from '../exchange.ts'
import type { Request, Response } from '../exchange.ts'
import { inSession } from '../session.ts'
import { refuseTriggers, writeWithTriggers } from './triggers.ts'

/** POST `/dbs/{database}/colls/{container}/docs`: a new document. */
export function createDocument(call: Call): Response {
  return inSession(call, (container) => {
    const items = new ItemOperations(call.store, container)
    const write = { operationType: 'Create' as const, body: jsonBody(call.request) }
    return itemResponse(
      call.request,
      writeWithTriggers(call, container, write, (body) => items.create(body, keyOf(call.request))),
    )
  })
}

/** POST `.../docs` with the upsert header: a new document, or another content of one that is there. */
export function upsertDocument(call: Call): Response {
  return inSession(call, (container) => {
    const items = new ItemOperations(call.store, container)
    const write = { operationType: 'Upsert' as const, body: jsonBody(call.request) }
    return itemResponse(
      call.request,
      writeWithTriggers(call, container, write, (body) =>
        items.upsert(body, keyOf(call.request), conditionsOf(call.request)),
      ),
    )
  })
}

/** GET `.../docs/{document}`. */
export function readDocument(call: Call): Response {
  return inSession(call, (container) =>
    itemResponse(call.request, new ItemOperations(call.store, container).read(targetOf(call))),
  )
}

/** PUT `.../docs/{document}`. */
export function replaceDocument(call: Call): Response {
  return inSession(call, (container) => {
    const items = new ItemOperations(call.store, container)
    const write = { operationType: 'Replace' as const, body: jsonBody(call.request) }
    return itemResponse(
      call.request,
      writeWithTriggers(call, container, write, (body) => items.replace(targetOf(call), body)),
    )
  })
}

/** PATCH `.../docs/{document}`: an array of operations, or an object with `operations` and a `condition`. */
export function patchDocument(call: Call): Response {
  refuseTriggers(call.request, 'a patch')
  return inSession(call, (container) => {
    const items = new ItemOperations(call.store, container)
    const body = jsonBody(call.request)
    const patch = Array.isArray(body) ? { operations: body, condition: undefined } : body
    if (!isJsonObject(patch)) throw badRequest('A patch must be a JSON object or an array.')
    const isMet = patchCondition(patch.condition, call.store, container)
    return itemResponse(
      call.request,
      call.store.file.write(() => items.patch(targetOf(call), patch.operations, isMet)),
    )
  })
}

/** DELETE `.../docs/{document}`. */
export function deleteDocument(call: Call): Response {
  return inSession(call, (container) => {
    const items = new ItemOperations(call.store, container)
    return itemResponse(
      call.request,
      writeWithTriggers(call, container, { operationType: 'Delete' }, () => items.delete(targetOf(call))),
    )
  })
}

/** GET `.../docs`: the documents, page by page. */
export function listDocuments(call: Call): Response {
  return inSession(call, (container) => readFeed(call.store, call.request, container))
}

function readFeed(store: AccountStore, request: Request, container: OpenContainer): Response {
  const page = runQuery(store, container, {
    text: 'SELECT * FROM c',
    parameters: new Map(),
    confines: readConfines(request, container.record),
    continuation: header(request, 'x-ms-continuation'),
    pageSize: pageSize(request),
  })
  return {
    status: 200,
    headers: {
      'x-ms-request-charge': documentFeedCharge(page).toFixed(2),
      'x-ms-item-count': String(page.rows.length),
      ...(page.continuation === undefined ? {} : { 'x-ms-continuation': page.continuation }),
    },
    body: `{"_rid":${JSON.stringify(container.record.rid)},"Documents":[${page.rows.join(',')}],"_count":${page.rows.length}}`,
  }
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

function keyOf(request: Request): PartitionKey | undefined {
  return parseKeyHeader(header(request, 'x-ms-documentdb-partitionkey'))
}

function targetOf(call: Call): ItemTarget {
  return { key: keyOf(call.request), id: idOf(call, 'document'), ...conditionsOf(call.request) }
}
