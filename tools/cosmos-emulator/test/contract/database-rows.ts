import assert from 'node:assert/strict'

import { answers, fails, holds, isAnswer } from './assertions.ts'
import { faithful } from './contract-row.ts'
import type { ContractRow } from './contract-row.ts'

/** Databases: their feed, their making, reading and deletion. */
export const databaseRows: ContractRow[] = [
  ...faithful('create database', {
    'answers 201 with the system properties and an etag': async ({ client }) => {
      const { resource, etag } = await answers(client.databases.create({ id: 'made' }), 201)
      holds(resource, { id: 'made', _colls: 'colls/', _users: 'users/', _etag: etag })
      assert.equal(Buffer.from(String(resource?._rid), 'base64').length, 4)
      assert.equal(resource?._self, `dbs/${resource?._rid}/`)
    },
    'answers 409 where the name is taken': async ({ client, makeDatabase }) => {
      const { id } = await makeDatabase()
      await fails(client.databases.create({ id }), 409, /already exists/)
    },
    'answers 400 without a name': async ({ send }) => {
      isAnswer(await send('POST', '/dbs', { body: '{}' }), 400, /name/)
    },
  }),
]
