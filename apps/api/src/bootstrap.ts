// Makes what a fresh installation needs: the workflows and prices that come with the product, a tenant, and its API key.
// `bootstrap.ts --tenant-name NAME --key-file FILE`; may be run again at any time.
import { parseArgs } from 'node:util'

import { cosmosStore, connectCosmos } from '@zoetrope/store'

import { app } from './config.ts'
import { ensureTenant } from './ensure-tenant.ts'
import { seedSystemDocuments } from './seed-system-documents.ts'

const { values } = parseArgs({
  options: { 'tenant-name': { type: 'string', default: 'demo' }, 'key-file': { type: 'string' } },
})
const store = cosmosStore(connectCosmos(app.read('cosmos')))
await seedSystemDocuments(store)
if (values['key-file']) {
  const { tenantId } = await ensureTenant(store, values['tenant-name'], values['key-file'])
  process.stdout.write(`Tenant ${tenantId}; its key is in ${values['key-file']}\n`)
}
