import assert from 'node:assert/strict'

import { PermissionMode } from '@azure/cosmos'
import type { Database } from '@azure/cosmos'

import { answers, fails, holds, isAnswer } from './assertions.ts'
import { faithful } from './contract-row.ts'
import type { ContractRow } from './contract-row.ts'

const key = {
  encryptionAlgorithm: 'AEAD_AES_256_CBC_HMAC_SHA256',
  keyWrapMetadata: { type: 'test', name: 'n', value: 'v', algorithm: 'RSA-OAEP' },
  wrappedDataEncryptionKey: 'AAAA',
}

async function withUser(makeDatabase: () => Promise<Database>): Promise<Database> {
  const database = await makeDatabase()
  await database.users.create({ id: 'ada' })
  return database
}

/** Users and client encryption keys of a database. */
export const accessRows: ContractRow[] = [
  ...faithful('users.create', {
    'answers 201 with the system properties and `_permissions`': async ({ makeDatabase }) => {
      const { resource } = await answers((await makeDatabase()).users.create({ id: 'ada' }), 201)
      holds(resource, { id: 'ada', _permissions: 'permissions/' })
      assert.equal(Buffer.from(String(resource?._rid), 'base64').length, 8)
    },
    'answers 409 where the id is taken in this database': async ({ makeDatabase }) => {
      const database = await withUser(makeDatabase)
      await fails(database.users.create({ id: 'ada' }), 409)
      await (await makeDatabase()).users.create({ id: 'ada' })
    },
    'answers 404 in a database that is not there': async ({ client }) => {
      await fails(client.database('none').users.create({ id: 'ada' }), 404)
    },
  }),
  ...faithful('users.upsert', {
    'makes one, and gives the one that is there': async ({ makeDatabase }) => {
      const database = await makeDatabase()
      await answers(database.users.upsert({ id: 'ada' }), 201)
      await answers(database.users.upsert({ id: 'ada' }), 200)
    },
  }),
  ...faithful('users.list', {
    'gives those of this database alone': async ({ makeDatabase }) => {
      await withUser(makeDatabase)
      const database = await withUser(makeDatabase)
      await database.users.create({ id: 'bob' })
      const { resources } = await database.users.readAll().fetchAll()
      assert.deepEqual(
        resources.map(({ id }) => id),
        ['ada', 'bob'],
      )
    },
  }),
  ...faithful('users.query', {
    'finds by a parameter': async ({ makeDatabase }) => {
      const database = await withUser(makeDatabase)
      const query = {
        query: 'SELECT * FROM root r WHERE r.id = @id',
        parameters: [{ name: '@id', value: 'ada' }],
      }
      const { resources } = await database.users.query(query).fetchAll()
      assert.equal(resources.length, 1)
    },
  }),
  ...faithful('user.read', {
    'gives it by id, or 404': async ({ makeDatabase }) => {
      const database = await withUser(makeDatabase)
      holds((await answers(database.user('ada').read(), 200)).resource, { id: 'ada' })
      await fails(database.user('bob').read(), 404)
    },
  }),
  ...faithful('user.replace', {
    'may change the id': async ({ makeDatabase }) => {
      const database = await withUser(makeDatabase)
      await answers(database.user('ada').replace({ id: 'eve' }), 200)
      await fails(database.user('ada').read(), 404)
      await answers(database.user('eve').read(), 200)
    },
  }),
  ...faithful('user.delete', {
    'answers 204, and 404 the second time': async ({ makeDatabase }) => {
      const database = await withUser(makeDatabase)
      await answers(database.user('ada').delete(), 204)
      await fails(database.user('ada').delete(), 404)
    },
  }),
  ...faithful('clientEncryptionKeys.create', {
    'keeps what a client has wrapped': async ({ makeDatabase, send }) => {
      const { id } = await makeDatabase()
      const path = `/dbs/${id}/clientencryptionkeys`
      const made = await send('POST', path, { body: JSON.stringify({ id: 'k', ...key }) })
      isAnswer(made, 201)
      holds(made.json, { id: 'k', ...key })
    },
    'answers 400 without the wrapped key': async ({ makeDatabase, send }) => {
      const { id } = await makeDatabase()
      const body = JSON.stringify({ ...key, id: 'k', wrappedDataEncryptionKey: undefined })
      isAnswer(
        await send('POST', `/dbs/${id}/clientencryptionkeys`, { body }),
        400,
        /wrappedDataEncryptionKey/,
      )
    },
  }),
  ...faithful('clientEncryptionKey.read', {
    'gives it by id, or 404': async ({ makeDatabase, send }) => {
      const { id } = await makeDatabase()
      const path = `/dbs/${id}/clientencryptionkeys`
      isAnswer(await send('POST', path, { body: JSON.stringify({ id: 'k', ...key }) }), 201)
      holds((await send('GET', `${path}/k`)).json, key)
      isAnswer(await send('GET', `${path}/none`), 404)
    },
  }),
  ...faithful('permissions.create', {
    'answers 201 with a token for the resource': async ({ makeContainer }) => {
      const container = await makeContainer()
      const { user } = await container.database.users.upsert({ id: 'grace' })
      const definition = { id: 'p', permissionMode: PermissionMode.Read, resource: container.url }
      const { resource } = await answers(user.permissions.create(definition), 201)
      holds(resource, definition)
      assert.match(String((resource as unknown as { _token: string })._token), /^type=resource&ver=1.0&sig=/)
    },
    'answers 400 for a resource that is not there': async ({ makeDatabase }) => {
      const database = await withUser(makeDatabase)
      const definition = { id: 'p', permissionMode: PermissionMode.Read, resource: 'dbs/none/colls/none' }
      await fails(database.user('ada').permissions.create(definition), 400, /does not exist/)
    },
    'answers 404 for a user that is not there': async ({ makeContainer }) => {
      const { database, url } = await makeContainer()
      const definition = { id: 'p', permissionMode: PermissionMode.Read, resource: url }
      await fails(database.user('none').permissions.create(definition), 404)
    },
  }),
  ...faithful('permission.read', {
    'gives a new token for as long as the header asks': async ({ makeContainer }) => {
      const { database, url } = await makeContainer()
      const { user } = await database.users.upsert({ id: 'ada' })
      await user.permissions.upsert({ id: 'p', permissionMode: PermissionMode.All, resource: url })
      const { resource } = await user.permission('p').read({ resourceTokenExpirySeconds: 60 })
      holds(resource, { id: 'p', resource: url })
      await fails(user.permission('p').read({ resourceTokenExpirySeconds: 1 }), 400, /seconds/)
    },
  }),
  ...faithful('permission.delete', {
    'answers 204; its user takes it along when deleted': async ({ makeContainer }) => {
      const { database, url } = await makeContainer()
      const { user } = await database.users.upsert({ id: 'eve' })
      const definition = { id: 'p', permissionMode: PermissionMode.All, resource: url }
      await user.permissions.create(definition)
      await answers(user.permission('p').delete(), 204)
      await user.permissions.create(definition)
      await user.delete()
      await database.users.create({ id: 'eve' })
      assert.equal((await user.permissions.readAll().fetchAll()).resources.length, 0)
    },
  }),
  ...faithful('conflicts.list', {
    'is empty: there is one region': async ({ makeContainer }) => {
      const container = await makeContainer()
      assert.deepEqual((await container.conflicts.readAll().fetchAll()).resources, [])
    },
  }),
  ...faithful('conflict.read', {
    'answers 404': async ({ makeContainer, send }) => {
      // By plain HTTP: the client signs this request as if it were for a user.
      const { url } = await makeContainer()
      isAnswer(await send('GET', `/${url}/conflicts/c`), 404)
    },
  }),
  ...faithful('conflict.delete', {
    'answers 404': async ({ makeContainer }) => {
      await fails((await makeContainer()).conflict('c', 't').delete(), 404)
    },
  }),
]
