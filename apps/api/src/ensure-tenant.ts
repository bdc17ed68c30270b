import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'

import type { TenantDocument, TenantId } from '@zoetrope/contracts'
import { idSchema, mintId } from '@zoetrope/contracts'
import type { Store } from '@zoetrope/store'
import { apiKeyDocument, makeApiKey, newDocument } from '@zoetrope/store'
import { z } from 'zod'

const KeyFile = z.object({ tenantId: idSchema('ten'), key: z.string().startsWith('zk_') })

/** The key of a tenant as its file keeps it. */
export interface TenantKey {
  readonly tenantId: TenantId
  readonly key: string
}

/** Makes a tenant and its key, and keeps the key in a file that only its owner can read; with such a file, makes sure that the database knows them. */
export async function ensureTenant(
  store: Pick<Store, 'catalog'>,
  tenantName: string,
  keyFile: string,
): Promise<TenantKey> {
  const now = new Date()
  const owned = (await readKeyFile(keyFile)) ?? (await writeKeyFile(keyFile, newKey(now)))
  const { tenantId, key } = owned
  const tenant: TenantDocument = {
    ...newDocument(now),
    id: tenantId,
    kind: 'tenant',
    tenantId,
    name: tenantName,
    isActive: true,
  }
  await store.catalog.create([tenantId], tenant)
  await store.catalog.create([tenantId], apiKeyDocument(key, 'bootstrap', now))
  return owned
}

function newKey(now: Date): TenantKey {
  const tenantId = mintId('ten', now.getTime())
  return { tenantId, key: makeApiKey(tenantId, 'bootstrap', now).key }
}

async function readKeyFile(file: string): Promise<TenantKey | undefined> {
  try {
    return KeyFile.parse(JSON.parse(await readFile(file, 'utf8')))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

/** Whole or not at all: the key exists nowhere else. */
async function writeKeyFile(file: string, owned: TenantKey): Promise<TenantKey> {
  await mkdir(dirname(file), { recursive: true })
  await writeFile(`${file}.new`, `${JSON.stringify(owned, null, 2)}\n`, { mode: 0o600 })
  await rename(`${file}.new`, file)
  return owned
}
