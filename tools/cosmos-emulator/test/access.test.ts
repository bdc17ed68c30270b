import { describe, expect, it } from '@jest/globals'

import { CosmosClient, PermissionMode } from '@azure/cosmos'
import type { Container, Database, PermissionDefinition } from '@azure/cosmos'

import { startCosmosEmulator } from '../src/index.ts'
import { sendSigned } from './signed-request.ts'
import type { Account } from './signed-request.ts'

interface Opened {
  account: Account
  database: Database
  container: Container
  advance: (seconds: number) => void
}

async function withEmulator(check: (opened: Opened) => Promise<void>): Promise<void> {
  let nowMs = Date.UTC(2026, 0, 1)
  await using emulator = await startCosmosEmulator({ clock: () => nowMs })
  const [account] = emulator.accounts
  if (!account) throw new Error('There is no account.')
  using client = disposable(new CosmosClient(account))
  const { database } = await client.databases.create({ id: 'shop' })
  const { container } = await database.containers.create({ id: 'orders', partitionKey: '/tenantId' })
  await container.items.create({ id: 'a', tenantId: 't1' })
  await container.items.create({ id: 'b', tenantId: 't2' })
  await check({ account, database, container, advance: (seconds) => (nowMs += seconds * 1000) })
}

function disposable(client: CosmosClient): CosmosClient & Disposable {
  return Object.assign(client, { [Symbol.dispose]: () => client.dispose() })
}

/** What a client that holds this permission alone sees of the container. */
async function asHolder(
  { account, database }: Opened,
  definition: Omit<PermissionDefinition, 'id'>,
  check: (container: Container, client: CosmosClient) => Promise<void>,
): Promise<void> {
  const { user } = await database.users.upsert({ id: 'ada' })
  const { resource } = await user.permissions.upsert({ id: 'p', ...definition })
  if (!resource) throw new Error('There is no permission.')
  using client = disposable(new CosmosClient({ endpoint: account.endpoint, permissionFeed: [resource] }))
  await check(client.database('shop').container('orders'), client)
}

async function statusOf(call: Promise<unknown>): Promise<unknown> {
  try {
    await call
    return 'done'
  } catch (error) {
    return (error as { code?: unknown }).code
  }
}

describe('a resource token', () => {
  it('of a container to read gives its documents and takes none', async () => {
    await withEmulator(async (opened) => {
      const link = opened.container.url
      await asHolder(opened, { permissionMode: PermissionMode.Read, resource: link }, async (container) => {
        expect((await container.item('a', 't1').read()).resource).toMatchObject({ id: 'a' })
        expect((await container.items.readAll().fetchAll()).resources).toHaveLength(2)
        expect((await container.items.query('SELECT * FROM c').fetchAll()).resources).toHaveLength(2)
        expect(await statusOf(container.items.create({ id: 'c', tenantId: 't1' }))).toBe(403)
        expect(await statusOf(container.item('a', 't1').delete())).toBe(403)
      })
    })
  })

  it('of a container in full takes documents, and nothing outside the container', async () => {
    await withEmulator(async (opened) => {
      const { container: other } = await opened.database.containers.create({
        id: 'other',
        partitionKey: '/tenantId',
      })
      await other.items.create({ id: 'x', tenantId: 't1' })
      const link = opened.container.url
      await asHolder(
        opened,
        { permissionMode: PermissionMode.All, resource: link },
        async (container, client) => {
          expect(await statusOf(container.items.create({ id: 'c', tenantId: 't1' }))).toBe('done')
          expect(await statusOf(container.item('c', 't1').delete())).toBe('done')
          const [token] = Object.values(
            (client as unknown as { clientContext: { cosmosClientOptions: { resourceTokens: object } } })
              .clientContext.cosmosClientOptions.resourceTokens,
          ) as string[]
          const read = await fetch(`${opened.account.endpoint}dbs/shop/colls/other/docs/x`, {
            headers: {
              authorization: encodeURIComponent(String(token)),
              'x-ms-documentdb-partitionkey': '["t1"]',
            },
          })
          expect(read.status).toBe(403)
          const list = await fetch(`${opened.account.endpoint}dbs`, {
            headers: { authorization: encodeURIComponent(String(token)) },
          })
          expect(list.status).toBe(403)
        },
      )
    })
  })

  it('of one partition key gives that partition alone', async () => {
    await withEmulator(async (opened) => {
      await asHolder(
        opened,
        {
          permissionMode: PermissionMode.All,
          resource: opened.container.url,
          resourcePartitionKey: ['t1'],
        },
        async (container) => {
          expect(await statusOf(container.item('a', 't1').read())).toBe('done')
          expect(await statusOf(container.item('b', 't2').read())).toBe(403)
          const own = container.items.query('SELECT * FROM c', { partitionKey: 't1' })
          expect((await own.fetchAll()).resources).toMatchObject([{ id: 'a' }])
          expect(await statusOf(container.items.query('SELECT * FROM c').fetchAll())).toBe(403)
        },
      )
    })
  })

  it('of one partition key sends no bulk, whose operations name keys of their own', async () => {
    await withEmulator(async ({ account, database, container }) => {
      const { user } = await database.users.create({ id: 'ada' })
      const { resource } = await user.permissions.create({
        id: 'p',
        permissionMode: PermissionMode.All,
        resource: container.url,
        resourcePartitionKey: ['t1'],
      } as never)
      const send = async (partitionKey: string) =>
        sendSigned(account, 'POST', '/dbs/shop/colls/orders/docs', {
          headers: {
            authorization: encodeURIComponent(resource?._token ?? ''),
            'x-ms-documentdb-partitionkey': '["t1"]',
            'x-ms-cosmos-is-batch-request': 'true',
          },
          body: JSON.stringify([{ operationType: 'Delete', id: 'b', partitionKey: `["${partitionKey}"]` }]),
        })

      expect([(await send('t1')).status, (await send('t2')).status]).toEqual([403, 403])
      expect((await container.item('b', 't2').read()).statusCode).toBe(200)
    })
  })

  it('ends, and is of no use for a container made anew under the same name', async () => {
    await withEmulator(async (opened) => {
      const definition = { permissionMode: PermissionMode.All, resource: opened.container.url }
      await asHolder(opened, definition, async (container) => {
        opened.advance(3599)
        expect(await statusOf(container.item('a', 't1').read())).toBe('done')
        opened.advance(1)
        expect(await statusOf(container.item('a', 't1').read())).toBe(403)
      })
      await asHolder(opened, definition, async (container) => {
        await opened.container.delete()
        await opened.database.containers.create({ id: 'orders', partitionKey: '/tenantId' })
        expect(await statusOf(container.items.create({ id: 'c', tenantId: 't1' }))).toBe(403)
      })
    })
  })

  it.each([
    ['a changed one', (token: string) => token.replace('sig=', 'sig=A'), 401],
    ['of another resource', (token: string) => token.replace(/;.*;/, ';eyJwYXRoIjpbXX0=;'), 401],
    ['without a signature', () => 'type=resource&ver=1.0&sig=;;', 401],
    ['of an unknown type', () => 'type=sas&ver=1.0&sig=AAAA', 401],
  ])('%s is refused', async (_, change, status) => {
    await withEmulator(async ({ account, database, container }) => {
      const { user } = await database.users.create({ id: 'ada' })
      const { resource } = await user.permissions.create({
        id: 'p',
        permissionMode: PermissionMode.All,
        resource: container.url,
      })
      const token = change(String((resource as unknown as { _token: string })._token))
      const answer = await fetch(`${account.endpoint}dbs/shop/colls/orders`, {
        headers: { authorization: encodeURIComponent(token) },
      })
      expect(answer.status).toBe(status)
      expect(await answer.json()).toMatchObject({ message: expect.stringMatching(/token/i) })
    })
  })
})

describe('an Entra ID token', () => {
  const jwt = (claims: object): string =>
    [{ alg: 'RS256', typ: 'JWT' }, claims, 'signature']
      .map((part) =>
        Buffer.from(typeof part === 'string' ? part : JSON.stringify(part)).toString('base64url'),
      )
      .join('.')
  const seconds = Date.UTC(2026, 0, 1) / 1000

  it.each([
    ['reads documents', 'GET', 'dbs/shop/colls/orders/docs', { exp: seconds + 60 }, 200],
    ['reads the container', 'GET', 'dbs/shop/colls/orders', { exp: seconds + 60 }, 200],
    ['makes no database', 'POST', 'dbs', { exp: seconds + 60 }, 403],
    ['reads no offers', 'GET', 'offers', { exp: seconds + 60 }, 403],
    ['that is over does nothing', 'GET', 'dbs', { exp: seconds }, 401],
    ['that is not valid yet does nothing', 'GET', 'dbs', { exp: seconds + 60, nbf: seconds + 1 }, 401],
    ['that tells no end does nothing', 'GET', 'dbs', {}, 401],
  ])('%s', async (_, method, path, claims, status) => {
    await withEmulator(async ({ account }) => {
      const answer = await fetch(account.endpoint + path, {
        method,
        headers: { authorization: encodeURIComponent(`type=aad&ver=1.0&sig=${jwt(claims)}`) },
        ...(method === 'POST' ? { body: '{"id":"made"}' } : {}),
      })
      expect(answer.status).toBe(status)
      expect(answer.headers.get('x-ms-substatus')).toBe(status === 403 ? '5300' : null)
    })
  })

  it('that is none is refused', async () => {
    await withEmulator(async ({ account }) => {
      const answer = await fetch(`${account.endpoint}dbs`, {
        headers: { authorization: 'type=aad&ver=1.0&sig=abc' },
      })
      expect(answer.status).toBe(401)
    })
  })
})
