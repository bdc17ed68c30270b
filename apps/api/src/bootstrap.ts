// `npm run bootstrap`: makes what a fresh installation needs: the workflows and prices that come with the product, a tenant, and its first API key,
// which is printed once. May be run again at any time. In Azure it works as whoever deploys.
import { parseArgs } from 'node:util'

import type { Store } from '@zoetrope/store'
import { cosmosStore, connectCosmos } from '@zoetrope/store'

import { bootstrapAccount } from './bootstrap-account.ts'
import { ensureTenant } from './ensure-tenant.ts'
import { explainFailure } from './explain-failure.ts'
import { installTenant } from './install-tenant.ts'
import { seedSystemDocuments } from './seed-system-documents.ts'
import { waitForRole } from './wait-for-role.ts'

const { values } = parseArgs({
  options: {
    'tenant-name': { type: 'string', default: 'default' },
    // Another key for a tenant that exists.
    'new-key': { type: 'boolean', default: false },
    // On a laptop: the key is kept in this file, and what it names is made again where the database has lost it.
    'key-file': { type: 'string' },
  },
})
const { 'tenant-name': tenantName, 'key-file': keyFile, 'new-key': isKeyWanted } = values
const say = (text: string): void => void process.stdout.write(`${text}\n`)

try {
  const store = cosmosStore(connectCosmos(await bootstrapAccount()))
  await waitForRole(() => seedSystemDocuments(store), { say })
  await (keyFile ? keepKey(store, keyFile) : printKey(store))
} catch (error) {
  process.stderr.write(`${explainFailure(error)}\n`)
  process.exitCode = 1
}

async function keepKey(store: Store, file: string): Promise<void> {
  const { tenantId } = await ensureTenant(store, tenantName, file)
  say(`Tenant ${tenantId}; its key is in ${file}`)
}

async function printKey(store: Store): Promise<void> {
  const { tenantId, isNew, key } = await installTenant(store, tenantName, isKeyWanted)
  say(`Tenant "${tenantName}" (${tenantId}) ${isNew ? 'is made' : 'exists'}.`)
  if (key) say(`Its API key, shown this once (stored is only a hash of it):\n\n  ${key}\n`)
  else say('Its key was shown when it was made. `npm run bootstrap -- --new-key` makes another one.')
}
