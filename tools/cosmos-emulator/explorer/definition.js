import { el, json, table } from './elements.js'
import { readUsage } from './usage.js'

/** What a container is: its key, policies, throughput and ranges. */
export async function showDefinition(room, { account, path, definition }) {
  const [{ body: offers }, { body: ranges }, { headers }] = await Promise.all([
    account.send('GET', ['offers']),
    account.send('GET', [...path, 'pkranges']),
    account.send('GET', path, { headers: { 'x-ms-documentdb-populatequotainfo': 'true' } }),
  ])
  const { documentsCount, documentsSize } = readUsage(headers)
  const offer = offers.Offers.find(({ offerResourceId }) => offerResourceId === definition._rid)
  const { partitionKey, defaultTtl, indexingPolicy, uniqueKeyPolicy } = definition
  const facts = [
    ['Documents', `${documentsCount}, about ${documentsSize} KB`],
    [
      'Partition key',
      `${partitionKey.paths.join(', ')} (${partitionKey.kind}, version ${partitionKey.version ?? 1})`,
    ],
    ['Time to live', describeTtl(defaultTtl)],
    [
      'Unique keys',
      (uniqueKeyPolicy?.uniqueKeys ?? []).map(({ paths }) => paths.join(' + ')).join('; ') || 'none',
    ],
    [
      'Indexing',
      `${indexingPolicy.indexingMode}, ${indexingPolicy.compositeIndexes?.length ?? 0} composite indexes`,
    ],
    ['Throughput', offer ? describeOffer(offer.content) : 'shared with the database'],
  ]
  room.append(
    table('Container', ['property', 'value'], facts),
    el('h3', {}, 'Partition key ranges'),
    table(
      'Ranges',
      ['id', 'from', 'to'],
      ranges.PartitionKeyRanges.map(({ id, minInclusive, maxExclusive }) => [id, minInclusive, maxExclusive]),
    ),
    el('h3', {}, 'Definition'),
    el('div', { className: 'scroll' }, json(definition)),
  )
}

function describeTtl(seconds) {
  if (seconds === undefined) return 'off'
  return seconds === -1 ? "on, by the documents' own ttl" : `${seconds} s, or the documents' own ttl`
}

function describeOffer({ offerThroughput, offerAutopilotSettings }) {
  return offerAutopilotSettings
    ? `autoscale up to ${offerAutopilotSettings.maxThroughput} RU/s`
    : `${offerThroughput} RU/s`
}
