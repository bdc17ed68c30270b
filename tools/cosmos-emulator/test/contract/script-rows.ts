import assert from 'node:assert/strict'

import { TriggerOperation, TriggerType } from '@azure/cosmos'
import type { Container } from '@azure/cosmos'

import { answers, fails, holds, isAnswer } from './assertions.ts'
import { pathOf } from './contract-context.ts'
import { differs, faithful, refused } from './contract-row.ts'
import type { ContractRow } from './contract-row.ts'

/** One kind of scripts, as the client and the wire name it. */
interface ScriptKind {
  one: string
  many: string
  path: string
  /** What the last byte of a `_rid` begins with. */
  mark: number
  feed: (container: Container) => ScriptFeed
  single: (container: Container, id: string) => Script
  more: object
}

interface ScriptFeed {
  create: (body: never) => Promise<Answer>
  readAll: () => { fetchAll: () => Promise<{ resources: object[] }> }
  query: (query: string) => { fetchAll: () => Promise<{ resources: object[] }> }
}

interface Script {
  read: () => Promise<Answer>
  replace: (body: never) => Promise<Answer>
  delete: () => Promise<Answer>
}

interface Answer {
  statusCode?: number
  resource?: object | undefined
}

const kinds: ScriptKind[] = [
  {
    one: 'storedProcedure',
    many: 'storedProcedures',
    path: 'sprocs',
    mark: 8,
    feed: ({ scripts }) => scripts.storedProcedures as unknown as ScriptFeed,
    single: ({ scripts }, id) => scripts.storedProcedure(id) as unknown as Script,
    more: {},
  },
  {
    one: 'trigger',
    many: 'triggers',
    path: 'triggers',
    mark: 7,
    feed: ({ scripts }) => scripts.triggers as unknown as ScriptFeed,
    single: ({ scripts }, id) => scripts.trigger(id) as unknown as Script,
    more: { triggerType: 'pre', triggerOperation: 'all' },
  },
  {
    one: 'userDefinedFunction',
    many: 'userDefinedFunctions',
    path: 'udfs',
    mark: 6,
    feed: ({ scripts }) => scripts.userDefinedFunctions as unknown as ScriptFeed,
    single: ({ scripts }, id) => scripts.userDefinedFunction(id) as unknown as Script,
    more: {},
  },
]

const body = 'function (a) { return a }'

const storingRows: ContractRow[] = kinds.flatMap(({ one, many, path, mark, feed, single, more }) => {
  const make = async (container: Container, id = 'first'): Promise<Answer> =>
    answers(feed(container).create({ id, body, ...more } as never), 201)
  return [
    ...faithful(`${many}.create`, {
      'answers 201 with the text and the system properties': async ({ makeContainer }) => {
        const { resource } = await make(await makeContainer(), 'with space & ünïcode')
        holds(resource, { id: 'with space & ünïcode', body, ...more })
        const rid = Buffer.from(String((resource as { _rid?: string })._rid).replaceAll('-', '/'), 'base64')
        assert.equal(rid.length, 16)
        assert.equal(rid.readUInt8(15) >> 4, mark)
      },
      'takes a function of the caller': async ({ makeContainer }) => {
        const given = (): number => 1
        const made = await feed(await makeContainer()).create({ id: 'f', body: given, ...more } as never)
        holds(made.resource, { body: String(given) })
      },
      'answers 409 where the id is taken': async ({ makeContainer }) => {
        const container = await makeContainer()
        await make(container)
        await fails(make(container), 409)
      },
      'answers 400 without a body, 413 for one over 256 KB': async ({ makeContainer, send }) => {
        const target = `${pathOf(await makeContainer())}/${path}`
        isAnswer(await send('POST', target, { body: JSON.stringify({ id: 'x', ...more }) }), 400, /body/)
        const large = { id: 'x', body: `function () { /* ${'x'.repeat(262_144)} */ }`, ...more }
        isAnswer(await send('POST', target, { body: JSON.stringify(large) }), 413, /256 KB/)
      },
    }),
    ...faithful(`${many}.upsert`, {
      'makes one, and gives the one that is there another text': async ({ makeContainer, send }) => {
        const target = `${pathOf(await makeContainer())}/${path}`
        const headers = { 'x-ms-documentdb-is-upsert': 'true' }
        const sent = { id: 'u', body, ...more }
        isAnswer(await send('POST', target, { headers, body: JSON.stringify(sent) }), 201)
        const other = { ...sent, body: 'function () { return 2 }' }
        const changed = await send('POST', target, { headers, body: JSON.stringify(other) })
        isAnswer(changed, 200)
        holds(changed.json, other)
      },
    }),
    ...faithful(`${many}.list`, {
      'gives those of this container alone': async ({ makeContainer }) => {
        const container = await makeContainer()
        await make(container, 'a')
        await make(container, 'b')
        await make(await makeContainer(), 'c')
        const { resources } = await feed(container).readAll().fetchAll()
        assert.deepEqual(
          resources.map((script) => (script as { id?: string }).id),
          ['a', 'b'],
        )
      },
    }),
    ...faithful(`${many}.query`, {
      'finds by the id': async ({ makeContainer }) => {
        const container = await makeContainer()
        await make(container, 'a')
        await make(container, 'b')
        const { resources } = await feed(container).query("SELECT * FROM root r WHERE r.id = 'b'").fetchAll()
        assert.equal(resources.length, 1)
      },
    }),
    ...faithful(`${one}.read`, {
      'gives it by id, or 404': async ({ makeContainer }) => {
        const container = await makeContainer()
        await make(container)
        holds((await answers(single(container, 'first').read(), 200)).resource, { id: 'first', body })
        await fails(single(container, 'second').read(), 404)
      },
    }),
    ...faithful(`${one}.replace`, {
      'stores another text under another etag': async ({ makeContainer }) => {
        const container = await makeContainer()
        const made = await make(container)
        const other = { id: 'first', body: 'function () { return 2 }', ...more }
        const { resource } = await answers(single(container, 'first').replace(other as never), 200)
        holds(resource, other)
        assert.notEqual((resource as { _etag?: string })._etag, (made.resource as { _etag?: string })._etag)
      },
    }),
    ...faithful(`${one}.delete`, {
      'answers 204, and 404 the second time': async ({ makeContainer }) => {
        const container = await makeContainer()
        await make(container)
        await answers(single(container, 'first').delete(), 204)
        await fails(single(container, 'first').delete(), 404)
      },
      'goes with its container': async ({ makeContainer }) => {
        const container = await makeContainer()
        await make(container)
        await container.delete()
        await container.database.containers.create({ id: container.id, partitionKey: '/tenantId' })
        await fails(single(container, 'first').read(), 404)
      },
    }),
  ]
})

const procedure = `function (a, b) { getContext().getResponse().setBody(a + b) }`

/** The making, reading, changing and removing of scripts of each kind, and their running. */
export const scriptRows: ContractRow[] = [
  ...storingRows,
  ...faithful('storedProcedure.execute', {
    'answers 200 with the body that the script sets': async ({ makeContainer }) => {
      const { scripts } = await makeContainer()
      await scripts.storedProcedures.create({ id: 'add', body: procedure })
      const { resource, statusCode } = await scripts.storedProcedure('add').execute('t', [1, 2])
      assert.deepEqual([statusCode, resource], [200, 3])
    },
    'answers 400 with what the script threw, and writes nothing': async ({ makeContainer }) => {
      const { scripts, items } = await makeContainer()
      const failing = `function () {
        __.createDocument(__.getSelfLink(), { tenantId: 't' })
        throw new Error(12, 'not today')
      }`
      await scripts.storedProcedures.create({ id: 'fail', body: failing })
      await fails(
        scripts.storedProcedure('fail').execute('t'),
        400,
        /executing Javascript\. Exception = Error: not today/,
        12,
      )
      assert.equal((await items.readAll().fetchAll()).resources.length, 0)
    },
    'answers 404 for one that is not there': async ({ makeContainer }) => {
      await fails((await makeContainer()).scripts.storedProcedure('none').execute('t'), 404)
    },
    'answers 400 without a partition key, or with parameters that are no array': async ({
      makeContainer,
      send,
    }) => {
      const container = await makeContainer()
      await container.scripts.storedProcedures.create({ id: 'add', body: procedure })
      const target = `${pathOf(container)}/sprocs/add`
      isAnswer(await send('POST', target, { body: '[]' }), 400, /PartitionKey/)
      const headers = { 'x-ms-documentdb-partitionkey': '["t"]' }
      isAnswer(await send('POST', target, { headers, body: '{}' }), 400, /array/)
    },
  }),
  ...faithful('items.create', {
    'runs the triggers that the request names, in one transaction': async ({ makeContainer }) => {
      const { scripts, items } = await makeContainer()
      const all = { triggerOperation: TriggerOperation.All }
      await scripts.triggers.create({
        id: 'before',
        body: 'function () { __.request.setBody({ ...__.request.getBody(), seen: true }) }',
        triggerType: TriggerType.Pre,
        ...all,
      })
      await scripts.triggers.create({
        id: 'after',
        body: `function () { if (__.response.getBody().id === 'bad') throw new Error('no') }`,
        triggerType: TriggerType.Post,
        ...all,
      })
      const options = { preTriggerInclude: ['before'], postTriggerInclude: ['after'] }
      const { resource } = await answers(items.create({ id: 'good', tenantId: 't' }, options), 201)
      holds(resource, { id: 'good', seen: true })
      await fails(items.create({ id: 'bad', tenantId: 't' }, options), 400, /Error: no/)
      assert.equal((await items.readAll().fetchAll()).resources.length, 1)
    },
    'answers 400 for a trigger that is not there': async ({ makeContainer }) => {
      const { items } = await makeContainer()
      await fails(items.create({ tenantId: 't' }, { preTriggerInclude: ['none'] }), 400, /'none'/)
    },
  }),
  ...faithful('items.query', {
    'calls user-defined functions, and tells their errors': async ({ makeContainer }) => {
      const { scripts, items } = await makeContainer()
      await scripts.userDefinedFunctions.create({
        id: 'twice',
        body: 'function (n) { return n.valueOf() * 2 }',
      })
      await items.create({ id: 'a', tenantId: 't', n: 21 })
      const { resources } = await items.query('SELECT VALUE udf.twice(c.n) FROM c').fetchAll()
      assert.deepEqual(resources, [42])
      await fails(items.query('SELECT VALUE udf.twice(null)').fetchAll(), 400, /executing Javascript/)
      await fails(items.query('SELECT VALUE udf.none()').fetchAll(), 400, /'none'/)
    },
  }),
  refused('item.patch', 'runs no triggers: one that is named is refused', async ({ makeContainer, send }) => {
    const container = await makeContainer()
    await container.items.create({ id: 'a', tenantId: 't' })
    const headers = { 'x-ms-documentdb-partitionkey': '["t"]', 'x-ms-documentdb-pre-trigger-include': 'x' }
    const patch = JSON.stringify([{ op: 'add', path: '/n', value: 1 }])
    isAnswer(await send('PATCH', `${pathOf(container)}/docs/a`, { headers, body: patch }), 501, /'x'/)
  }),
  differs(
    'storedProcedure.execute',
    'a promise that rejects fails the script with 400',
    'Azure passes over it and commits; here nobody overlooks it',
    async ({ makeContainer }) => {
      const { scripts } = await makeContainer()
      await scripts.storedProcedures.create({
        id: 'late',
        body: `async function () { throw new Error('late') }`,
      })
      await fails(scripts.storedProcedure('late').execute('t'), 400, /Error: late/)
    },
  ),
]
