import type { TenantDocument, TenantId } from '@zoetrope/contracts'
import { deriveId, err } from '@zoetrope/contracts'
import type { Store } from '@zoetrope/store'
import { makeApiKey, newDocument } from '@zoetrope/store'

/** A tenant as it was found or made; with a key where one was made, which can be read nowhere else. */
export interface InstalledTenant {
  readonly tenantId: TenantId
  readonly isNew: boolean
  readonly key?: string
}

/**
 * Makes a tenant of an installation with its first key, both or neither; of one that exists, another key where that is wanted. The name says which
 * tenant is meant: its id is derived from it, so that two who run this at once make one.
 */
export async function installTenant(
  store: Pick<Store, 'catalog'>,
  name: string,
  isKeyWanted: boolean,
): Promise<InstalledTenant> {
  const now = new Date()
  const tenantId = deriveId('ten', 'bootstrap', name)
  const tenant: TenantDocument = {
    ...newDocument(now),
    id: tenantId,
    kind: 'tenant',
    tenantId,
    name,
    isActive: true,
  }
  const { key, document } = makeApiKey(tenantId, 'bootstrap', now)
  const outcome = await store.catalog.batch(
    [tenantId],
    [
      { type: 'create', document: tenant },
      { type: 'create', document },
    ],
  )
  if (outcome === 'written') return { tenantId, isNew: true, key }
  if (!isKeyWanted) return { tenantId, isNew: false }
  const added = await store.catalog.create([tenantId], document)
  if (added !== 'created') throw err('INTERNAL', { detail: `A key with the id ${document.id} exists.` })
  return { tenantId, isNew: false, key }
}
