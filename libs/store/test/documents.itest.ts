import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { TenantId } from '@zoetrope/contracts'
import { mintId, TenantDocument } from '@zoetrope/contracts'
import type { Documents } from '@zoetrope/store'
import {
  cosmosStore,
  eventOperation,
  listPage,
  makeApiKey,
  newDocument,
  tenantAuthenticator,
} from '@zoetrope/store'
import type { RunningCosmos } from '@zoetrope/test-kit'
import { startCosmos } from '@zoetrope/test-kit'

let cosmos: RunningCosmos
let catalog: Documents

beforeAll(async () => {
  cosmos = await startCosmos()
  catalog = cosmosStore(cosmos.database).catalog
}, 60_000)
afterAll(async () => {
  await cosmos[Symbol.asyncDispose]()
})

function tenantDocument(tenantId: TenantId, id: string = tenantId): TenantDocument {
  return { ...newDocument(new Date()), id, kind: 'tenant', tenantId, name: 'before', isActive: true }
}

describe('documents', () => {
  it('are created once, and replaced only in the version that was read', async () => {
    const tenantId = mintId('ten')
    const created = await catalog.create([tenantId], tenantDocument(tenantId))
    const again = await catalog.create([tenantId], tenantDocument(tenantId))
    const read = (await catalog.read(TenantDocument, [tenantId], tenantId))!
    const first = await catalog.replace([tenantId], { ...read, name: 'first' } as TenantDocument)
    const second = await catalog.replace([tenantId], { ...read, name: 'second' } as TenantDocument)

    expect([created, again, first, second]).toEqual(['created', 'exists', 'replaced', 'changed'])
    expect(await catalog.read(TenantDocument, [tenantId], tenantId)).toMatchObject({ name: 'first' })
    expect(await catalog.read(TenantDocument, [mintId('ten')], tenantId)).toBeUndefined()
  })

  it('of a batch are all written or none, and say why', async () => {
    const tenantId = mintId('ten')
    const event = eventOperation({ tenantId, type: 'tenant.created', key: [tenantId] }, new Date())
    const create = { type: 'create' as const, document: tenantDocument(tenantId) }
    const other = { type: 'create' as const, document: tenantDocument(tenantId, 'other') }

    expect(await catalog.batch([tenantId], [create, event])).toBe('written')
    expect(await catalog.batch([tenantId], [other, create])).toBe('exists')
    expect(await catalog.read(TenantDocument, [tenantId], 'other')).toBeUndefined()
    const stale = { ...tenantDocument(tenantId), _etag: '"stale"' }
    expect(await catalog.batch([tenantId], [other, { type: 'replace', document: stale }])).toBe('changed')
  })

  it('are listed newest first by key; a page of another tenant is never seen', async () => {
    const tenantId = mintId('ten')
    const ids = Array.from({ length: 5 }, (_, index) => mintId('ten', 1_700_000_000_000 + index))
    for (const id of ids) await catalog.create([tenantId], tenantDocument(tenantId, id))

    const seen: string[] = []
    let cursor: string | undefined
    do {
      const page = await listPage(catalog, TenantDocument, [tenantId], { kind: 'tenant', limit: 2, cursor })
      seen.push(...page.data.map(({ id }) => id))
      cursor = page.nextCursor
    } while (cursor)

    expect(seen).toEqual(ids.toReversed())
    const query = { kind: 'tenant', limit: 2, cursor: 'nonsense' }
    await expect(listPage(catalog, TenantDocument, [tenantId], query)).rejects.toMatchObject({
      code: 'CURSOR_INVALID',
    })
  })
})

describe('an API key', () => {
  it('opens its tenant, and after it was revoked no more than 30 s', async () => {
    const tenantId = mintId('ten')
    const { key, document } = makeApiKey(tenantId, 'test', new Date())
    await catalog.create([tenantId], tenantDocument(tenantId))
    await catalog.create([tenantId], document)
    let nowMs = 0
    const authenticate = tenantAuthenticator(catalog, () => nowMs)

    expect(await authenticate(`Bearer ${key}`)).toBe(tenantId)
    await catalog.upsert([tenantId], { ...document, revokedAt: new Date().toISOString() } as typeof document)
    expect(await authenticate(`Bearer ${key}`)).toBe(tenantId)
    nowMs = 30_001
    await expect(authenticate(`Bearer ${key}`)).rejects.toMatchObject({ code: 'KEY_INVALID' })
    await expect(authenticate(null)).rejects.toMatchObject({ code: 'KEY_MISSING' })
    expect(JSON.stringify(document)).not.toContain(key.split('_').at(-1))
  })

  it('opens nothing once its tenant is no longer active', async () => {
    const tenantId = mintId('ten')
    const { key, document } = makeApiKey(tenantId, 'test', new Date())
    await catalog.create([tenantId], { ...tenantDocument(tenantId), isActive: false } as TenantDocument)
    await catalog.create([tenantId], document)

    await expect(tenantAuthenticator(catalog)(`Bearer ${key}`)).rejects.toMatchObject({ code: 'KEY_INVALID' })
  })
})
