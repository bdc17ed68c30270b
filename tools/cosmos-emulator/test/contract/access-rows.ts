import assert from 'node:assert/strict'

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
]
