import { badRequest, conflict } from '../../errors.ts'
import { isJsonObject } from '../../json.ts'
import type { JsonObject } from '../../json.ts'
import { manualContent, throughputOf } from '../../partition/throughput.ts'
import type { OpenContainer } from '../../storage/account-store.ts'
import type { ContainerRecord, DatabaseRecord } from '../../storage/catalog.ts'
import { toContainerDefinition } from '../../storage/container-definition.ts'
import type { ContainerDefinition } from '../../storage/container-definition.ts'
import { checkReplacement } from '../../storage/container-replacement.ts'
import { containerOf, databaseOf } from '../call.ts'
import type { Call } from '../call.ts'
import { answer, isFlagged, objectBody } from '../exchange.ts'
import type { Request, Response } from '../exchange.ts'
import { readOfferHeaders } from './offers.ts'
import { checkEtag, etagHeaders, etagOf, isKnown, metadataCharge, notModified } from './resource-etags.ts'
import { listFeed, queryFeed } from './resource-feed.ts'
import type { FeedEntry } from './resource-feed.ts'

const leastContainerThroughput = 400

/** GET `/dbs/{database}/colls`. */
export function listContainers(call: Call): Response {
  const database = databaseOf(call)
  return listFeed(call.request, 'DocumentCollections', entriesOf(call, database), database.rid)
}

/** POST `/dbs/{database}/colls` with a query. */
export function queryContainers(call: Call): Response {
  const bodies = entriesOf(call, databaseOf(call)).map(({ body }) => body)
  return queryFeed(call, 'DocumentCollections', bodies)
}

/** POST `/dbs/{database}/colls`: a new container, with throughput of its own unless its database shares some. */
export function createContainer(call: Call): Response {
  const { store, request, settings } = call
  const database = databaseOf(call)
  const definition = toContainerDefinition(objectBody(request))
  if (store.catalog.container(database, definition.id)) throw conflict()
  checkEncryptionKeys(call, database, definition)
  const own = readOfferHeaders(call)
  const shared = store.catalog.offerOf(database.rid)?.content
  const offer = own ?? (shared || settings.serverless ? undefined : manualContent(leastContainerThroughput))
  const content = offer ?? shared
  const throughput = content ? throughputOf(content).most : leastContainerThroughput
  const container = store.createContainer(database, definition, throughput)
  if (offer)
    store.file.write(() =>
      store.catalog.createOffer(
        { rid: container.record.rid, self: selfOf(database, container.record) },
        offer,
        store.nowSeconds(),
      ),
    )
  return answer(201, toContainerBody(database, container.record), etagHeaders(container.record))
}

/** GET `/dbs/{database}/colls/{container}`. */
export function readContainer(call: Call): Response {
  const container = containerOf(call)
  const { database, record } = container
  if (isKnown(call.request, record)) return notModified(record)
  return answer(200, toContainerBody(database, record), {
    ...etagHeaders(record),
    ...quotaHeaders(call, container),
  })
}

/** PUT `/dbs/{database}/colls/{container}`: all that is not settled at its creation may change. */
export function replaceContainer(call: Call): Response {
  const { store, request } = call
  const container = containerOf(call)
  const { database, record } = container
  checkEtag(request, record)
  const definition = toContainerDefinition(objectBody(request))
  checkReplacement(record.definition, definition)
  store.replaceContainer(container, { ...definition, partitionKey: record.definition.partitionKey })
  return answer(200, toContainerBody(database, record), etagHeaders(record))
}

/** DELETE `/dbs/{database}/colls/{container}`: with all that is in it. */
export function deleteContainer(call: Call): Response {
  const container = containerOf(call)
  checkEtag(call.request, container.record)
  call.store.deleteContainer(container)
  // By this id a client forgets the sessions of a container whose name may come again.
  return { status: 204, headers: { ...metadataCharge, 'x-ms-content-path': container.record.rid } }
}

/** The keys by which clients encrypt must be there before the container. */
function checkEncryptionKeys(
  { store }: Call,
  { rid: parentRid }: DatabaseRecord,
  { clientEncryptionPolicy: policy }: ContainerDefinition,
): void {
  const paths = isJsonObject(policy) && Array.isArray(policy.includedPaths) ? policy.includedPaths : []
  for (const path of paths as unknown[]) {
    const id = isJsonObject(path) ? String(path.clientEncryptionKeyId) : ''
    if (!store.resources.find({ kind: 'clientencryptionkeys', parentRid }, id))
      throw badRequest(
        `The client encryption policy names the key '${id}', which the database does not have.`,
      )
  }
}

function entriesOf({ store }: Call, database: DatabaseRecord): FeedEntry[] {
  return store.catalog
    .containers(database)
    .map((record) => ({ number: record.number, body: toContainerBody(database, record) }))
}

function quotaHeaders({ store, request }: Call, { items }: OpenContainer): Record<string, string> {
  if (!wantsQuota(request)) return {}
  const count = items.count({}, store.nowSeconds())
  const kilobytes = Math.ceil((count * items.averageBytes()) / 1024)
  return {
    'x-ms-resource-quota':
      'documentSize=10240;documentsSize=10485760;documentsCount=-1;collectionSize=10485760;',
    'x-ms-resource-usage': `documentSize=0;documentsSize=${kilobytes};documentsCount=${count};collectionSize=${kilobytes};`,
  }
}

function wantsQuota(request: Request): boolean {
  return isFlagged(request, 'x-ms-documentdb-populatequotainfo')
}

function selfOf(database: DatabaseRecord, record: ContainerRecord): string {
  return `dbs/${database.rid}/colls/${record.rid}/`
}

function toContainerBody(database: DatabaseRecord, record: ContainerRecord): JsonObject {
  return {
    ...record.definition,
    geospatialConfig: record.definition.geospatialConfig ?? { type: 'Geography' },
    _rid: record.rid,
    _ts: record.ts,
    _self: selfOf(database, record),
    _etag: etagOf(record),
    _docs: 'docs/',
    _sprocs: 'sprocs/',
    _triggers: 'triggers/',
    _udfs: 'udfs/',
    _conflicts: 'conflicts/',
  }
}
