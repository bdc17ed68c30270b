import assert from 'node:assert/strict'

import { answers, fails, holds, isAnswer } from './assertions.ts'
import { openContext, pathOf } from './contract-context.ts'
import type { ContractContext } from './contract-context.ts'
import { differs, faithful } from './contract-row.ts'
import type { ContractRow } from './contract-row.ts'
import type { RawAnswer } from '../signed-request.ts'

interface RangeFeed {
  PartitionKeyRanges: { id: string; parents: string[]; minInclusive: string; maxExclusive: string }[]
  _count: number
}

/** Splits a range of a container by the emulator's own request. */
const split = async ({ send }: ContractContext, path: string, body = ''): Promise<RawAnswer> =>
  send('POST', `${path}/operations/splitpartition`, { body, signs: { type: 'colls', link: path.slice(1) } })

const rangesOf = ({ json }: RawAnswer): RangeFeed['PartitionKeyRanges'] =>
  (json as RangeFeed).PartitionKeyRanges

/** Splits of physical partitions, and requests that name or have seen them. */
export const splitRows: ContractRow[] = [
  ...faithful('container.keyRanges', {
    'tells the ranges made since an etag, with their parents': async (context) => {
      const path = pathOf(await context.makeContainer())
      const { headers } = await context.send('GET', `${path}/pkranges`)
      await split(context, path)
      const since = await context.send('GET', `${path}/pkranges`, {
        headers: { 'a-im': 'Incremental Feed', 'if-none-match': headers['etag'] },
      })
      const [left, right] = rangesOf(since)
      holds(left, { id: '1', parents: ['0'] })
      holds(right, { id: '2', parents: ['0'] })
    },
  }),
  differs(
    'container.splitPartition',
    'splits a range at once, in its middle or at a partition key',
    'a request of the emulator alone; the service splits when it must',
    async (context) => {
      const path = pathOf(await context.makeContainer())
      assert.deepEqual(
        rangesOf(await split(context, path, '{"rangeId":"0","at":["t"]}')).map(({ id }) => id),
        ['1', '2'],
      )
      isAnswer(await split(context, path, '{"rangeId":"0"}'), 410, /range 0/)
      isAnswer(await split(context, path, '{"at":[]}'), 400, /components/)
    },
  ),
  ...faithful('items.changeFeed', {
    'answers 410 and 1002 where it names a range that was split': async (context) => {
      const path = pathOf(await context.makeContainer())
      await split(context, path)
      const answer = await context.send('GET', `${path}/docs`, {
        headers: { 'a-im': 'Incremental Feed', 'x-ms-documentdb-partitionkeyrangeid': '0' },
      })
      isAnswer(answer, 410, /range 0/)
      assert.equal(answer.headers['x-ms-substatus'], '1002')
    },
    'answers 400 where it names what is no range': async ({ makeContainer, send }) => {
      const headers = { 'a-im': 'Incremental Feed', 'x-ms-documentdb-partitionkeyrangeid': 'x' }
      isAnswer(await send('GET', `${pathOf(await makeContainer())}/docs`, { headers }), 400, /range id 'x'/)
    },
  }),
  ...faithful('item.read', {
    'answers 404 and 1002 to a session that has seen more of its range': async ({ makeContainer, send }) => {
      const container = await makeContainer()
      await container.items.create({ id: 'a', tenantId: 't' })
      const answer = await send('GET', `${pathOf(container)}/docs/a`, {
        headers: { 'x-ms-documentdb-partitionkey': '["t"]', 'x-ms-session-token': '0:-1#999' },
      })
      isAnswer(answer, 404, /read session/)
      assert.equal(answer.headers['x-ms-substatus'], '1002')
    },
    'takes no notice of what a session has seen of other ranges': async ({ makeContainer, send }) => {
      const container = await makeContainer({ throughput: 12_000 })
      const { headers } = await container.items.create({ id: 'a', tenantId: 't' })
      const token = String(headers['x-ms-session-token'])
      assert.match(token, /^[01]:-1#1$/)
      const other = token.startsWith('0') ? '1:-1#999' : '0:-1#999'
      const read = await send('GET', `${pathOf(container)}/docs/a`, {
        headers: { 'x-ms-documentdb-partitionkey': '["t"]', 'x-ms-session-token': `${token},${other}` },
      })
      isAnswer(read, 200)
    },
    'answers 400 to a consistency that is stronger than that of the account': async () => {
      await using own = await openContext({ consistencyLevel: 'Session' })
      const container = await own.makeContainer()
      await container.items.create({ id: 'a', tenantId: 't' })
      const item = container.item('a', 't')
      await fails(item.read({ consistencyLevel: 'Strong' }), 400, /not stronger than the service/)
      await answers(item.read({ consistencyLevel: 'Eventual' }), 200)
      assert.equal((await own.client.getDatabaseAccount()).resource?.consistencyPolicy, 'Session')
    },
    'answers 400 to a consistency that is none': async ({ makeContainer }) => {
      const container = await makeContainer()
      await container.items.create({ id: 'a', tenantId: 't' })
      await fails(container.item('a', 't').read({ consistencyLevel: 'Absolute' }), 400, /'Absolute'/)
    },
    'answers 400 to what is no session token': async ({ makeContainer }) => {
      const container = await makeContainer()
      await container.items.create({ id: 'a', tenantId: 't' })
      await fails(container.item('a', 't').read({ sessionToken: 'x' }), 400, /session token 'x'/)
    },
  }),
  differs(
    'item.read',
    'serves any consistency where the emulator was told of none',
    'every answer is strongly consistent; tell it the level of the account to have stronger ones refused',
    async ({ makeContainer }) => {
      const container = await makeContainer()
      await container.items.create({ id: 'a', tenantId: 't' })
      await answers(container.item('a', 't').read({ consistencyLevel: 'Strong' }), 200)
    },
  ),
  ...faithful('items.bulk', {
    'answers an empty list to an empty bulk, such as clients send after a split': async ({
      makeContainer,
      send,
    }) => {
      const answer = await send('POST', `${pathOf(await makeContainer())}/docs`, {
        headers: { 'x-ms-cosmos-is-batch-request': 'true' },
        body: '[]',
      })
      isAnswer(answer, 200)
      assert.deepEqual(answer.json, [])
    },
  }),
]
