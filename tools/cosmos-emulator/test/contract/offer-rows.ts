import assert from 'node:assert/strict'

import { answers, fails, holds, isAnswer } from './assertions.ts'
import type { ContractContext } from './contract-context.ts'
import { openContext, pathOf } from './contract-context.ts'
import { faithful } from './contract-row.ts'
import type { ContractRow } from './contract-row.ts'
import type { RawAnswer } from '../signed-request.ts'

/** The ranges of a new container of this throughput. */
async function rangesAt(throughput: number, key = '/tenantId'): Promise<Record<string, unknown>[]> {
  await using own = await openContext()
  const { database } = await own.client.databases.create({ id: 'd' })
  const { container } = await database.containers.create({ id: 'c', partitionKey: key, throughput })
  return (await container.readPartitionKeyRanges().fetchAll()).resources as never
}

async function offerOf({ makeContainer }: ContractContext) {
  const { resource, offer } = await (await makeContainer()).readOffer()
  if (!resource || !offer) return assert.fail('The container has no offer.')
  return { resource, offer }
}

function contentOf({ json }: RawAnswer): Record<string, unknown> {
  return (json as { content: Record<string, unknown> }).content
}

/** Throughput of databases and containers. */
export const offerRows: ContractRow[] = [
  ...faithful('offers.query', {
    'finds the offer of a container by its self link': async ({ makeContainer }) => {
      const container = await makeContainer()
      const { resource } = await container.read()
      const offer = (await container.readOffer()).resource
      holds(offer, { offerVersion: 'V2', offerResourceId: resource?._rid })
    },
    'answers 400 to a query that is none': async ({ client }) => {
      await fails(client.offers.query({ query: 'nonsense' }).fetchAll(), 400)
    },
  }),
  ...faithful('offers.list', {
    'gives the offers of databases and containers': async ({ client, makeContainer }) => {
      const { resource } = await (await makeContainer()).read()
      const offers = (await client.offers.readAll().fetchAll()).resources
      assert.ok(offers.some(({ offerResourceId }) => offerResourceId === resource?._rid))
    },
    'goes page by page where the client wishes so': async ({ client, makeContainer }) => {
      for (let made = 0; made < 3; made += 1) await makeContainer()
      const first = await client.offers.readAll({ maxItemCount: 2 }).fetchNext()
      assert.equal(first.resources.length, 2)
      assert.ok(first.hasMoreResults)
    },
  }),
  ...faithful('offer.read', {
    'answers 200 with throughput and etag': async (context) => {
      const { offer } = await offerOf(context)
      const { resource, etag } = await answers(offer.read(), 200)
      assert.equal(resource?._etag, etag)
      assert.equal(resource?.content?.offerThroughput, 400)
    },
    'answers 404 where there is none': async ({ client }) => {
      await fails(client.offer('none').read(), 404)
    },
  }),
  ...faithful('offer.replace', {
    'answers 200 and keeps the new throughput': async (context) => {
      const { offer, resource } = await offerOf(context)
      const content = { ...resource.content, offerThroughput: 1000 }
      await answers(offer.replace({ ...resource, content } as never), 200)
      assert.equal((await offer.read()).resource?.content?.offerThroughput, 1000)
    },
    'gives a new etag': async (context) => {
      const { offer, resource } = await offerOf(context)
      const { etag } = await offer.replace(resource)
      assert.notEqual(etag, resource._etag)
    },
    'answers 400 to a throughput that is none, and keeps the old': async (context) => {
      const { offer, resource } = await offerOf(context)
      for (const offerThroughput of [0, -400, 401, 1.5, '400', null]) {
        const body = JSON.stringify({ ...resource, content: { offerThroughput } })
        isAnswer(await context.send('PUT', `/offers/${resource.id}`, { body }), 400, /throughput/i)
      }
      assert.equal((await offer.read()).resource?.content?.offerThroughput, 400)
    },
    'answers 400 without a content': async (context) => {
      const { resource } = await offerOf(context)
      isAnswer(await context.send('PUT', `/offers/${resource.id}`, { body: '{}' }), 400, /content/)
    },
    'migrates to autoscale and back by a header alone': async (context) => {
      const { resource } = await offerOf(context)
      const put = async (header: string): Promise<RawAnswer> => {
        const body = JSON.stringify({ ...resource, content: undefined })
        return context.send('PUT', `/offers/${resource.id}`, { headers: { [header]: 'true' }, body })
      }
      const autoscale = await put('x-ms-cosmos-migrate-offer-to-autopilot')
      holds(contentOf(autoscale).offerAutopilotSettings, { maxThroughput: 1000 })
      const manual = await put('x-ms-cosmos-migrate-offer-to-manual-throughput')
      holds(contentOf(manual), { offerThroughput: 1000, offerAutopilotSettings: undefined })
    },
    'answers 400 to autoscale settings for a fixed throughput': async (context) => {
      const { resource } = await offerOf(context)
      const body = JSON.stringify({
        ...resource,
        content: { offerAutopilotSettings: { maxThroughput: 4000 } },
      })
      isAnswer(await context.send('PUT', `/offers/${resource.id}`, { body }), 400, /migrate/)
    },
    'tells the minimum, which grows with the highest that ever was': async (context) => {
      const { offer, resource } = await offerOf(context)
      const content = { ...resource.content, offerThroughput: 90_000 }
      const { headers } = await offer.replace({ ...resource, content } as never)
      assert.equal(headers['x-ms-cosmos-min-throughput'], '900')
    },
    'answers 404 where there is none': async (context) => {
      const { resource } = await offerOf(context)
      isAnswer(await context.send('PUT', '/offers/none', { body: JSON.stringify(resource) }), 404)
    },
  }),
]

/** The physical partitions of a container. */
export const keyRangeRows: ContractRow[] = [
  ...faithful('container.keyRanges', {
    'has one range up to 10000 units': async () => {
      for (const throughput of [400, 10_000]) assert.equal((await rangesAt(throughput)).length, 1)
    },
    'has a range for each 6000 units above that': async () => {
      assert.equal((await rangesAt(12_000)).length, 2)
      assert.equal((await rangesAt(21_000)).length, 4)
      assert.equal((await rangesAt(25_100)).length, 5)
    },
    'gives ranges that meet, from nothing to FF': async () => {
      const ranges = await rangesAt(25_100)
      assert.equal(ranges[0]?.minInclusive, '')
      assert.equal(ranges.at(-1)?.maxExclusive, 'FF')
      for (const [at, range] of ranges.slice(1).entries())
        assert.equal(range.minInclusive, ranges[at]?.maxExclusive)
    },
    'gives each range an id, a share of the throughput and its state': async () => {
      for (const range of await rangesAt(12_000))
        holds(range, { status: 'online', parents: [], throughputFraction: 0.5 })
    },
    'answers 304 to a reader who knows the ranges': async ({ makeContainer, send }) => {
      const path = `${pathOf(await makeContainer())}/pkranges`
      const { headers } = await send('GET', path)
      const again = await send('GET', path, { headers: { 'if-none-match': String(headers.etag) } })
      assert.deepEqual([again.status, again.text], [304, ''])
    },
    'answers 404 where there is no such container': async ({ makeDatabase }) => {
      await fails((await makeDatabase()).container('none').readPartitionKeyRanges().fetchAll(), 404)
    },
  }),
]
