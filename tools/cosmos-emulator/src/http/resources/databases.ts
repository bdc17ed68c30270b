import type { JsonObject } from '../../json.ts'
import type { DatabaseRecord } from '../../storage/catalog.ts'
import { checkResourceId } from '../../storage/container-definition.ts'
import { databaseOf } from '../call.ts'
import type { Call } from '../call.ts'
import { answer, objectBody } from '../exchange.ts'
import type { Response } from '../exchange.ts'
import { readOfferHeaders } from './offers.ts'
import { checkEtag, etagHeaders, etagOf, isKnown, metadataCharge, notModified } from './resource-etags.ts'
import { listFeed, queryFeed } from './resource-feed.ts'

/** GET `/dbs`. */
export function listDatabases({ store, request }: Call): Response {
  const entries = store.catalog
    .databases()
    .map((record) => ({ number: record.number, body: toDatabaseBody(record) }))
  return listFeed(request, 'Databases', entries)
}

/** POST `/dbs` with a query. */
export function queryDatabases(call: Call): Response {
  return queryFeed(call, 'Databases', call.store.catalog.databases().map(toDatabaseBody))
}

/** POST `/dbs`: a new database, and the throughput that its containers share where a header asks for it. */
export function createDatabase(call: Call): Response {
  const { store, request } = call
  const { id } = objectBody(request)
  checkResourceId(id)
  const offer = readOfferHeaders(call)
  const database = store.file.write(() => {
    const made = store.catalog.createDatabase(id, store.nowSeconds())
    if (offer)
      store.catalog.createOffer({ rid: made.rid, self: `dbs/${made.rid}/` }, offer, store.nowSeconds())
    return made
  })
  return answer(201, toDatabaseBody(database), etagHeaders(database))
}

/** GET `/dbs/{database}`. */
export function readDatabase(call: Call): Response {
  const database = databaseOf(call)
  if (isKnown(call.request, database)) return notModified(database)
  return answer(200, toDatabaseBody(database), etagHeaders(database))
}

/** DELETE `/dbs/{database}`: with all that is in it. */
export function deleteDatabase(call: Call): Response {
  const database = databaseOf(call)
  checkEtag(call.request, database)
  call.store.deleteDatabase(database)
  return { status: 204, headers: { ...metadataCharge } }
}

function toDatabaseBody(database: DatabaseRecord): JsonObject {
  return {
    id: database.id,
    _rid: database.rid,
    _self: `dbs/${database.rid}/`,
    _etag: etagOf(database),
    _colls: 'colls/',
    _users: 'users/',
    _ts: database.ts,
  }
}
