import assert from 'node:assert/strict'

import { CosmosClient } from '@azure/cosmos'

import { fails, holds, isAnswer } from './assertions.ts'
import { pathOf } from './contract-context.ts'
import { differs, faithful, refused } from './contract-row.ts'
import type { ContractRow } from './contract-row.ts'

const base64 = (text: string): string => Buffer.from(text).toString('base64')

/** The account itself, the authorization of every request, and the headers of every answer. */
export const accountRows: ContractRow[] = [
  ...faithful('account.read', {
    'names its locations by the host that was asked': async ({ send }) => {
      const { status, json } = await send('GET', '/', { headers: { host: 'cosmos.localhost:9999' } })
      assert.equal(status, 200)
      const location = { name: 'Local', databaseAccountEndpoint: 'http://cosmos.localhost:9999/' }
      holds(json, { writableLocations: [location], readableLocations: [location] })
    },
    'tells its consistency and the limits of its query engine': async ({ client }) => {
      const { resource } = await client.getDatabaseAccount()
      assert.equal(resource?.consistencyPolicy, 'Session')
      assert.equal(resource?.enableMultipleWritableLocations, false)
    },
    'answers 401 to a request that is not signed': async ({ send }) => {
      isAnswer(await send('GET', '/', { isUnsigned: true }), 401, /authorization/i)
    },
    'answers 401 to a signature by another key': async ({ account }) => {
      const stranger = new CosmosClient({ endpoint: account.endpoint, key: base64('another') })
      await fails(stranger.getDatabaseAccount(), 401, /wrong key/)
      stranger.dispose()
    },
    'answers 401 to a signature for another resource': async ({ makeContainer, send }) => {
      const path = pathOf(await makeContainer())
      isAnswer(await send('GET', path, { signs: { type: 'dbs', link: 'dbs/other' } }), 401)
    },
    'answers 401 to a signature for another method': async ({ account, send }) => {
      const { signature } = await import('../signed-request.ts')
      const headers = signature(account.key, 'POST', { type: 'dbs', link: '' })
      isAnswer(await send('GET', '/dbs', { isUnsigned: true, headers }), 401)
    },
    'answers 401 to an authorization that is no token': async ({ send }) => {
      for (const authorization of ['', 'Bearer', '%', 'type=master', 'type=master&ver=1.0&sig=%zz'])
        isAnswer(await send('GET', '/dbs', { isUnsigned: true, headers: { authorization } }), 401)
    },
    'gives each answer an activity id of its own': async ({ send }) => {
      const seen = new Set<unknown>()
      for (const path of ['/', '/dbs', '/dbs/none', '/nowhere'])
        seen.add((await send('GET', path)).headers['x-ms-activity-id'])
      assert.equal(seen.size, 4)
    },
    'gives each answer a charge, also an error': async ({ send }) => {
      for (const path of ['/', '/dbs', '/dbs/none']) {
        const { headers } = await send('GET', path)
        assert.match(String(headers['x-ms-request-charge']), /^\d+(?:\.\d+)?$/)
      }
    },
    'gives an error as JSON with a code and a message that names the activity': async ({ send }) => {
      const { headers, json } = await send('GET', '/dbs/none')
      assert.match(String(headers['content-type']), /^application\/json/)
      holds(json, { code: 'NotFound' })
      const { message } = json as { message: string }
      assert.match(message, new RegExp(`ActivityId: ${headers['x-ms-activity-id']}`))
    },
    'takes doubled and trailing slashes as one': async ({ makeDatabase, send }) => {
      const { id } = await makeDatabase()
      isAnswer(await send('GET', `//dbs//${id}/`), 200)
    },
    'takes the names of resources in any case of hex in their escapes': async ({ client, send }) => {
      await client.databases.create({ id: 'ä b' })
      isAnswer(await send('GET', '/dbs/%c3%a4%20b'), 200)
      isAnswer(await send('GET', '/dbs/%C3%A4%20b'), 200)
    },
    'answers 400 to a path that is not properly encoded': async ({ send }) => {
      isAnswer(await send('GET', '/dbs/%zz'), 400, /encoded/)
      isAnswer(await send('GET', '/dbs/%ff'), 400, /encoded/)
    },
  }),
  differs(
    'account.read',
    'takes a signature of any date',
    'the service refuses a date that is off by more than 15 minutes; a laptop may sleep and tests own their clock',
    async ({ send }) => {
      isAnswer(await send('GET', '/dbs'), 200)
    },
  ),
  refused(
    'account.read',
    'answers 501 and the name to a path of the service that is not built',
    async ({ send }) => {
      isAnswer(await send('GET', '/topology'), 501, /topology/)
    },
  ),
]
