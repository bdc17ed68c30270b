import type { RestClient } from '../client/rest-client.ts'
import { isJsonObject } from '../json.ts'
import type { JsonObject } from '../json.ts'
import { formatVersion, smallResources, withoutSystemProperties, writeLine } from './transfer-line.ts'
import type { SmallResourceKind, TransferLine } from './transfer-line.ts'

/** Which databases and containers; all where absent. */
export interface TransferFilter {
  database?: string
  container?: string
}

/** How many resources of each kind were moved. */
export type TransferCounts = Partial<Record<TransferLine['kind'], number>>

/**
 * The account as lines, in the order in which they can be imported; a page of documents at a time is held in memory. Writes that go on
 * meanwhile may be in it or not. @throws Error where the filter names what is not there
 */
export async function* exportAccount(
  client: RestClient,
  filter: TransferFilter,
  counts: TransferCounts,
): AsyncGenerator<string> {
  const count = (line: TransferLine): string => {
    counts[line.kind] = (counts[line.kind] ?? 0) + 1
    return `${writeLine(line)}\n`
  }
  yield `${writeLine({ kind: 'cosmosExport', version: formatVersion })}\n`
  const offers = await readOffers(client)
  for await (const database of client.feed(['dbs'], 'Databases')) {
    if (filter.database !== undefined && database.id !== filter.database) continue
    yield count({ kind: 'database', body: withoutSystemProperties(database), ...offers(database) })
    const path = ['dbs', String(database.id)]
    for await (const line of exportSmall(client, path, 'database')) yield count(line)
    for await (const container of client.feed([...path, 'colls'], 'DocumentCollections')) {
      if (filter.container !== undefined && container.id !== filter.container) continue
      yield count({ kind: 'container', body: withoutSystemProperties(container), ...offers(container) })
      const containerPath = [...path, 'colls', String(container.id)]
      for await (const line of exportSmall(client, containerPath, 'container')) yield count(line)
      for await (const line of exportDocuments(client, containerPath)) yield count(line)
    }
  }
  for (const kind of ['database', 'container'] as const)
    if (filter[kind] !== undefined && counts[kind] === undefined)
      throw new Error(`There is no ${kind} '${filter[kind]}' in this account.`)
}

async function readOffers(client: RestClient): Promise<(owner: JsonObject) => { offer?: JsonObject }> {
  const byOwner = new Map<unknown, JsonObject>()
  for await (const { offerResourceId, content } of client.feed(['offers'], 'Offers'))
    if (isJsonObject(content)) byOwner.set(offerResourceId, content)
  return (owner) => {
    const offer = byOwner.get(owner._rid)
    return offer ? { offer } : {}
  }
}

async function* exportSmall(
  client: RestClient,
  path: readonly string[],
  of: 'database' | 'container',
): AsyncGenerator<TransferLine> {
  for (const [kind, { of: owner, part, plural }] of Object.entries(smallResources)) {
    if (owner !== of) continue
    for await (const resource of client.feed([...path, part], plural))
      yield { kind: kind as SmallResourceKind, body: withoutSystemProperties(resource) }
  }
}

async function* exportDocuments(client: RestClient, path: readonly string[]): AsyncGenerator<TransferLine> {
  for await (const { id } of client.feed([...path, 'pkranges'], 'PartitionKeyRanges')) {
    const headers = { 'x-ms-documentdb-partitionkeyrangeid': String(id) }
    for await (const document of client.feed([...path, 'docs'], 'Documents', { headers }))
      yield { kind: 'document', body: withoutSystemProperties(document) }
  }
}
