import { badRequest, conflict, notFound, notImplemented, preconditionFailed } from '../errors.ts'
import { isJsonObject } from '../json.ts'
import type { JsonObject } from '../json.ts'
import { queryValues } from '../sql/query-values.ts'
import type { AccountStore, OpenContainer } from '../storage/account-store.ts'
import type { ContainerRecord, DatabaseRecord, OfferRecord } from '../storage/catalog.ts'
import { checkResourceId, toContainerDefinition } from '../storage/container-definition.ts'
import { answer, header, isFlagged, jsonBody, objectBody } from './exchange.ts'
import type { Request, Response } from './exchange.ts'

const metadataCharge = { 'x-ms-request-charge': '2' }
const smallestContainerThroughput = 400

/** GET `/`: what the account is and where it is reached. The endpoint echoes the request's own host. */
export function readAccount(request: Request): Response {
  const host = header(request, 'host') ?? '127.0.0.1'
  // Clients re-read the account before every operation when the id is "localhost" or a list is empty.
  const locations = [{ name: 'Local', databaseAccountEndpoint: `http://${host}/` }]
  return answer(200, {
    _self: '',
    id: 'cosmos-emulator',
    _rid: 'cosmos-emulator.documents.azure.com',
    media: '//media/',
    addresses: '//addresses/',
    _dbs: '//dbs/',
    writableLocations: locations,
    readableLocations: locations,
    enableMultipleWriteLocations: false,
    continuousBackupEnabled: false,
    enableNRegionSynchronousCommit: false,
    enablePerPartitionFailoverBehavior: false,
    userReplicationPolicy: { asyncReplication: false, minReplicaSetSize: 1, maxReplicasetSize: 4 },
    userConsistencyPolicy: { defaultConsistencyLevel: 'Session' },
    systemReplicationPolicy: { minReplicaSetSize: 1, maxReplicasetSize: 4, asyncReplication: false },
    readPolicy: { primaryReadCoefficient: 1, secondaryReadCoefficient: 1 },
    queryEngineConfiguration:
      '{"maxSqlQueryInputLength":262144,"maxJoinsPerSqlQuery":10,"maxLogicalAndPerSqlQuery":2000,"maxLogicalOrPerSqlQuery":2000,"sqlAllowTop":true,"sqlAllowSubQuery":true}',
  })
}

/** The feed of databases and the making of one. */
export function handleDatabases(store: AccountStore, request: Request): Response {
  if (isQuery(request)) return queryFeed(request, 'Databases', store.catalog.databases().map(toDatabaseBody))
  switch (request.method) {
    case 'GET':
      return feed('Databases', store.catalog.databases().map(toDatabaseBody))
    case 'POST': {
      const { id } = objectBody(request)
      checkResourceId(id)
      const offer = offerContent(request)
      const database = store.file.write(() => {
        const made = store.catalog.createDatabase(id, store.nowSeconds())
        if (offer)
          store.catalog.createOffer({ rid: made.rid, self: `dbs/${made.rid}/` }, offer, store.nowSeconds())
        return made
      })
      return answer(201, toDatabaseBody(database), etagHeaders(database))
    }
    default:
      throw notImplemented(`${request.method} on databases`)
  }
}

/** One database. */
export function handleDatabase(store: AccountStore, request: Request, id: string): Response {
  const database = store.database(id)
  switch (request.method) {
    case 'GET':
      if (header(request, 'if-none-match') === etagOf(database)) return notModified(database)
      return answer(200, toDatabaseBody(database), etagHeaders(database))
    case 'DELETE':
      checkEtag(request, database)
      store.deleteDatabase(database)
      return { status: 204, headers: { ...metadataCharge } }
    default:
      throw notImplemented(`${request.method} on a database`)
  }
}

/** The feed of a database's containers and the making of one. */
export function handleContainers(store: AccountStore, request: Request, databaseId: string): Response {
  const database = store.database(databaseId)
  const bodies = (): JsonObject[] =>
    store.catalog.containers(database).map((record) => toContainerBody(database, record))
  if (isQuery(request)) return queryFeed(request, 'DocumentCollections', bodies())
  switch (request.method) {
    case 'GET':
      return feed('DocumentCollections', bodies(), database.rid)
    case 'POST': {
      const definition = toContainerDefinition(objectBody(request))
      if (store.catalog.container(database, definition.id)) throw conflict()
      const own = offerContent(request)
      const shared = store.catalog.offers().find((offer) => offer.ownerRid === database.rid)
      const offer = own ?? (shared ? undefined : { offerThroughput: smallestContainerThroughput })
      const throughput = Number((offer ?? shared?.content)?.offerThroughput)
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
    default:
      throw notImplemented(`${request.method} on containers`)
  }
}

/** One container. */
export function handleContainer(store: AccountStore, request: Request, container: OpenContainer): Response {
  const { database, record } = container
  const quota: Record<string, string> = isFlagged(request, 'x-ms-documentdb-populatequotainfo')
    ? {
        'x-ms-resource-quota':
          'documentSize=10240;documentsSize=10485760;documentsCount=-1;collectionSize=10485760;',
        'x-ms-resource-usage': `documentSize=0;documentsSize=0;documentsCount=${container.items.count({}, store.nowSeconds())};collectionSize=0;`,
      }
    : {}
  switch (request.method) {
    case 'GET':
      if (header(request, 'if-none-match') === etagOf(record)) return notModified(record)
      return answer(200, toContainerBody(database, record), { ...etagHeaders(record), ...quota })
    case 'PUT': {
      checkEtag(request, record)
      const definition = toContainerDefinition(objectBody(request))
      if (definition.id !== record.id) throw badRequest('The id of a container cannot be changed.')
      if (
        JSON.stringify(definition.partitionKey.paths) !== JSON.stringify(record.definition.partitionKey.paths)
      )
        throw badRequest('Document collection partition key cannot be changed.')
      if (JSON.stringify(definition.uniqueKeyPolicy) !== JSON.stringify(record.definition.uniqueKeyPolicy))
        throw badRequest('The unique key policy of a container cannot be changed.')
      store.replaceContainer(container, { ...definition, partitionKey: record.definition.partitionKey })
      return answer(200, toContainerBody(database, record), etagHeaders(record))
    }
    case 'DELETE':
      checkEtag(request, record)
      store.deleteContainer(container)
      return { status: 204, headers: { ...metadataCharge } }
    default:
      throw notImplemented(`${request.method} on a container`)
  }
}

/** GET `.../pkranges`: the physical partitions. */
export function readKeyRanges(request: Request, { record }: OpenContainer): Response {
  if (request.method !== 'GET') throw notImplemented(`${request.method} on pkranges`)
  const etag = `"${record.rid}-${record.ranges.length}"`
  const headers = { ...metadataCharge, etag, 'x-ms-item-count': String(record.ranges.length) }
  // A client that already knows these ranges is told that there are no more of them.
  if (header(request, 'if-none-match') === etag) return { status: 304, headers }
  const ranges = record.ranges.map((range) => ({
    _rid: `${record.rid}${range.id}`,
    id: range.id,
    _etag: etag,
    minInclusive: range.minInclusive,
    maxExclusive: range.maxExclusive,
    ridPrefix: Number(range.id),
    _self: `pkranges/${range.id}/`,
    throughputFraction: 1 / record.ranges.length,
    status: 'online',
    parents: [],
    _ts: record.ts,
    lsn: record.lsn,
  }))
  return answer(200, { _rid: record.rid, PartitionKeyRanges: ranges, _count: ranges.length }, headers)
}

/** Throughput offers: the feed, a query over it, one offer and its replacement. */
export function handleOffers(store: AccountStore, request: Request, id: string | undefined): Response {
  if (id === undefined) {
    const bodies = store.catalog.offers().map(toOfferBody)
    if (isQuery(request)) return queryFeed(request, 'Offers', bodies)
    if (request.method === 'GET') return feed('Offers', bodies)
    throw notImplemented(`${request.method} on offers`)
  }
  const offer = store.catalog.offers().find((candidate) => candidate.id === id.toLowerCase())
  if (!offer) throw notFound()
  switch (request.method) {
    case 'GET':
      return answer(200, toOfferBody(offer), etagHeaders(offer))
    case 'PUT': {
      const { content } = objectBody(request)
      if (!isJsonObject(content)) throw badRequest('The offer has no content.')
      checkThroughput(content.offerThroughput)
      const replaced = store.file.write(() => store.catalog.replaceOffer(offer, content, store.nowSeconds()))
      return answer(200, toOfferBody(replaced), etagHeaders(replaced))
    }
    default:
      throw notImplemented(`${request.method} on an offer`)
  }
}

function isQuery(request: Request): boolean {
  return request.method === 'POST' && isFlagged(request, 'x-ms-documentdb-isquery')
}

function queryFeed(request: Request, plural: string, bodies: JsonObject[]): Response {
  return feed(plural, queryValues(jsonBody(request), bodies))
}

function feed(plural: string, items: unknown[], rid = ''): Response {
  return answer(
    200,
    { _rid: rid, [plural]: items, _count: items.length },
    { ...metadataCharge, 'x-ms-item-count': String(items.length) },
  )
}

function offerContent(request: Request): JsonObject | undefined {
  const manual = header(request, 'x-ms-offer-throughput')
  const autopilot = header(request, 'x-ms-cosmos-offer-autopilot-settings')
  if (autopilot !== undefined) {
    const settings = parseAutopilot(autopilot)
    return { offerThroughput: settings.maxThroughput, offerAutopilotSettings: settings }
  }
  if (manual === undefined) return undefined
  return { offerThroughput: checkThroughput(Number(manual)) }
}

function parseAutopilot(text: string): JsonObject {
  try {
    const settings: unknown = JSON.parse(text)
    if (isJsonObject(settings) && checkThroughput(settings.maxThroughput)) return settings
  } catch {
    // Told below, with the text that was sent.
  }
  throw badRequest(`The autopilot settings '${text}' are invalid.`)
}

function checkThroughput(value: unknown): number {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 100 || value > 10_000_000)
    throw badRequest(`The throughput '${String(value)}' is invalid.`)
  return value
}

function checkEtag(request: Request, record: { rid: string; revision: number } | ContainerRecord): void {
  const wanted = header(request, 'if-match')
  if (wanted !== undefined && wanted !== '*' && wanted !== etagOf(record)) throw preconditionFailed()
}

function etagOf({ rid, revision }: { rid: string; revision: number }): string {
  return `"${Buffer.from(rid).toString('hex').slice(0, 8)}-0000-0d00-0000-${revision.toString(16).padStart(12, '0')}"`
}

function etagHeaders(record: { rid: string; revision: number } | OfferRecord): Record<string, string> {
  return { ...metadataCharge, etag: 'rid' in record ? etagOf(record) : offerEtag(record) }
}

function notModified(record: { rid: string; revision: number }): Response {
  return { status: 304, headers: etagHeaders(record) }
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

function offerEtag(offer: OfferRecord): string {
  return `"${offer.id}0000-0000-0d00-0000-${offer.revision.toString(16).padStart(12, '0')}"`
}

function toOfferBody(offer: OfferRecord): JsonObject {
  return {
    resource: offer.ownerSelf,
    offerType: 'Invalid',
    offerResourceId: offer.ownerRid,
    offerVersion: 'V2',
    content: offer.content,
    id: offer.id,
    _rid: offer.id,
    _self: `offers/${offer.id}/`,
    _etag: offerEtag(offer),
    _ts: offer.ts,
  }
}
