import assert from 'node:assert/strict'

import type { RawAnswer, RawRequest } from '../signed-request.ts'
import { holds, isAnswer } from './assertions.ts'
import type { ContractContext } from './contract-context.ts'
import { pathOf } from './contract-context.ts'
import { faithful } from './contract-row.ts'
import type { ContractRow } from './contract-row.ts'

/** A kind of resources that are small and alike in all but their content. */
interface Kind {
  /** As in the names of operations: one, and many. */
  one: string
  many: string
  /** The name of the list in the answer. */
  plural: string
  content: (context: ContractContext) => Promise<object>
  /** The path of a feed of the row's own. */
  feedPath: (context: ContractContext) => Promise<string>
}

const databasePath = async ({ makeDatabase }: ContractContext): Promise<string> =>
  `/dbs/${(await makeDatabase()).id}`
const containerPath = async ({ makeContainer }: ContractContext): Promise<string> =>
  pathOf(await makeContainer())

const kinds: Kind[] = [
  {
    one: 'user',
    many: 'users',
    plural: 'Users',
    content: async () => ({}),
    feedPath: async (context) => `${await databasePath(context)}/users`,
  },
  {
    one: 'permission',
    many: 'permissions',
    plural: 'Permissions',
    content: async (context) => ({
      permissionMode: 'Read',
      resource: (await containerPath(context)).slice(1),
    }),
    feedPath: async (context) => {
      const users = `${await databasePath(context)}/users`
      await context.send('POST', users, { body: '{"id":"ada"}' })
      return `${users}/ada/permissions`
    },
  },
  {
    one: 'clientEncryptionKey',
    many: 'clientEncryptionKeys',
    plural: 'ClientEncryptionKeys',
    content: async () => ({
      encryptionAlgorithm: 'AEAD_AES_256_CBC_HMAC_SHA256',
      keyWrapMetadata: { type: 'test', name: 'n', value: 'v', algorithm: 'RSA-OAEP' },
      wrappedDataEncryptionKey: 'AAAA',
    }),
    feedPath: async (context) => `${await databasePath(context)}/clientencryptionkeys`,
  },
  {
    one: 'storedProcedure',
    many: 'storedProcedures',
    plural: 'StoredProcedures',
    content: async () => ({ body: 'function () {}' }),
    feedPath: async (context) => `${await containerPath(context)}/sprocs`,
  },
  {
    one: 'trigger',
    many: 'triggers',
    plural: 'Triggers',
    content: async () => ({ body: 'function () {}', triggerType: 'Pre', triggerOperation: 'All' }),
    feedPath: async (context) => `${await containerPath(context)}/triggers`,
  },
  {
    one: 'userDefinedFunction',
    many: 'userDefinedFunctions',
    plural: 'UserDefinedFunctions',
    content: async () => ({ body: 'function (x) { return x }' }),
    feedPath: async (context) => `${await containerPath(context)}/udfs`,
  },
]

/** A feed of one kind, and a way to write to it. */
interface Feed {
  path: string
  write: (method: string, path: string, id: unknown, headers?: RawRequest['headers']) => Promise<RawAnswer>
}

async function openFeed({ content, feedPath }: Kind, context: ContractContext): Promise<Feed> {
  const fields = await content(context)
  return {
    path: await feedPath(context),
    write: async (method, path, id, headers = {}) =>
      context.send(method, path, { headers, body: JSON.stringify({ id, ...fields }) }),
  }
}

/** The rules that every such kind keeps. */
function rowsOf(kind: Kind): ContractRow[] {
  const { one, many, plural } = kind
  const upsert = { 'x-ms-documentdb-is-upsert': 'true' }
  const other = { 'if-match': '"other"' }
  return [
    ...faithful(`${many}.create`, {
      'answers 201 with resource id, self link and etag, and 409 to the second': async (context) => {
        const { path, write } = await openFeed(kind, context)
        const made = await write('POST', path, 'a')
        isAnswer(made, 201)
        const { _rid: rid, _self: self, _etag: etag } = made.json as Record<string, string>
        assert.equal(etag, made.headers.etag)
        assert.ok(String(self).endsWith(`/${rid}/`))
        isAnswer(await write('POST', path, 'a'), 409, /already exists/)
      },
      'answers 400 to an id that is none': async (context) => {
        const { path, write } = await openFeed(kind, context)
        for (const id of [undefined, null, '', 7, 'a/b', 'a\\b', 'a?', 'a#', 'a ', 'n'.repeat(256)])
          isAnswer(await write('POST', path, id), 400)
      },
    }),
    ...faithful(`${many}.list`, {
      'gives all, page by page where the client wishes so': async (context) => {
        const { path, write } = await openFeed(kind, context)
        for (const id of ['a', 'b', 'c']) await write('POST', path, id)
        const size = { 'x-ms-max-item-count': '2' }
        const first = await context.send('GET', path, { headers: size })
        const continuation = String(first.headers['x-ms-continuation'])
        const second = await context.send('GET', path, {
          headers: { ...size, 'x-ms-continuation': continuation },
        })
        const ids = [first, second].map(({ json }) =>
          (json as Record<string, { id: string }[]>)[plural]?.map(({ id }) => id),
        )
        assert.deepEqual(ids, [['a', 'b'], ['c']])
        assert.equal(second.headers['x-ms-continuation'], undefined)
      },
    }),
    ...faithful(`${many}.query`, {
      'filters by id, and answers 400 to a query that is none': async (context) => {
        const { path, write } = await openFeed(kind, context)
        for (const id of ['a', 'b']) await write('POST', path, id)
        const query = async (text: string): Promise<RawAnswer> =>
          context.send('POST', path, {
            headers: { 'x-ms-documentdb-isquery': 'true', 'content-type': 'application/query+json' },
            body: JSON.stringify({ query: text }),
          })
        const { json } = await query('SELECT VALUE r.id FROM root r WHERE r.id = "b"')
        assert.deepEqual((json as Record<string, unknown>)[plural], ['b'])
        isAnswer(await query('nonsense'), 400)
      },
    }),
    ...faithful(`${many}.upsert`, {
      'answers 201 where it creates and 200 where it replaces': async (context) => {
        const { path, write } = await openFeed(kind, context)
        isAnswer(await write('POST', path, 'a', upsert), 201)
        isAnswer(await write('POST', path, 'a', upsert), 200)
      },
    }),
    ...faithful(`${one}.read`, {
      'answers 200, 304 to who knows it, and 404 where there is none': async (context) => {
        const { path, write } = await openFeed(kind, context)
        const { headers } = await write('POST', path, 'ä b')
        const own = `${path}/${encodeURIComponent('ä b')}`
        holds((await context.send('GET', own)).json, { id: 'ä b' })
        const known = { 'if-none-match': String(headers.etag) }
        isAnswer(await context.send('GET', own, { headers: known }), 304)
        isAnswer(await context.send('GET', `${path}/none`), 404)
      },
    }),
    ...faithful(`${one}.replace`, {
      'answers 200 with a new etag, 412 to another etag and 404 where there is none': async (context) => {
        const { path, write } = await openFeed(kind, context)
        const made = await write('POST', path, 'a')
        const replaced = await write('PUT', `${path}/a`, 'a', { 'if-match': String(made.headers.etag) })
        isAnswer(replaced, 200)
        assert.notEqual(replaced.headers.etag, made.headers.etag)
        isAnswer(await write('PUT', `${path}/a`, 'a', other), 412)
        isAnswer(await write('PUT', `${path}/none`, 'none'), 404)
      },
    }),
    ...faithful(`${one}.delete`, {
      'answers 412 to another etag, then 204 without a body, then 404': async (context) => {
        const { path, write } = await openFeed(kind, context)
        await write('POST', path, 'a')
        isAnswer(await context.send('DELETE', `${path}/a`, { headers: other }), 412)
        const deleted = await context.send('DELETE', `${path}/a`)
        assert.deepEqual([deleted.status, deleted.text], [204, ''])
        isAnswer(await context.send('DELETE', `${path}/a`), 404)
      },
    }),
  ]
}

/** Users, permissions, client encryption keys, stored procedures, triggers and user-defined functions: what all of them keep to. */
export const smallResourceRows: ContractRow[] = [
  ...kinds.flatMap(rowsOf),
  ...faithful('conflicts.query', {
    'gives none: there is one region, where no write meets another': async (context) => {
      const { json } = await context.send('POST', `${await containerPath(context)}/conflicts`, {
        headers: { 'x-ms-documentdb-isquery': 'true' },
        body: '{"query":"SELECT * FROM c"}',
      })
      holds(json, { Conflicts: [], _count: 0 })
    },
  }),
]
