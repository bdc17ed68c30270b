import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import type { ZoetropeClient } from '@zoetrope/client'
import { createClient } from '@zoetrope/client'
import type { TenantId } from '@zoetrope/contracts'
import { mintId } from '@zoetrope/contracts'
import type { Store } from '@zoetrope/store'
import { cosmosStore } from '@zoetrope/store'
import type { RunningApps, RunningAzurite, RunningCosmos } from '@zoetrope/test-kit'
import { startApps, startAzurite, startCosmos } from '@zoetrope/test-kit'

import { ensureTenant } from '../src/ensure-tenant.ts'
import { seedSystemDocuments } from '../src/seed-system-documents.ts'

/** A tenant of a test, with its key and a client. */
export interface TestTenant {
  readonly tenantId: TenantId
  readonly key: string
  readonly client: ZoetropeClient
}

/** The api on the functions host, with Azurite and the Cosmos DB emulator: processes of their own. */
export interface RunningApi extends AsyncDisposable {
  readonly url: string
  readonly azurite: RunningAzurite
  readonly cosmos: RunningCosmos
  readonly store: Store
  readonly apps: RunningApps
  newTenant(): Promise<TestTenant>
}

/** Settings of the tests: a small limit for forms and files, URLs that look real. */
const settings = {
  ZOETROPE_DELIVERY_URL: 'https://media.example',
  ZOETROPE_CORS_ORIGINS: 'https://console.example',
  ZOETROPE_MAX_SOURCE_BYTES: '4000000',
  ZOETROPE_MAX_FORM_BYTES: '1000000',
}

/** Starts the api and what it needs. */
export async function startApi(more: Readonly<Record<string, string>> = {}): Promise<RunningApi> {
  await using started = new AsyncDisposableStack()
  const [azurite, cosmos] = await Promise.all([startAzurite(), startCosmos()])
  started.use(azurite)
  started.use(cosmos)
  const store = cosmosStore(cosmos.database)
  await seedSystemDocuments(store)
  const apps = await startApps(['api'], {
    ...settings,
    ...more,
    ZOETROPE_STORAGE: azurite.connectionString,
    ZOETROPE_COSMOS: cosmos.connectionString,
  })
  started.use(apps)
  const all = started.move()
  const url = apps.urls['api'] ?? ''
  return {
    url,
    azurite,
    cosmos,
    store,
    apps,
    newTenant: async () => {
      const file = join(tmpdir(), `zoetrope-key-${mintId('key')}`)
      const { tenantId, key } = await ensureTenant(store, 'test', file)
      await rm(file)
      return { tenantId, key, client: createClient({ apiUrl: url, key }) }
    },
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  }
}
