import { execFile } from 'node:child_process'

import { defineApp, deployerIdentity, isSet, setting, text } from '@zoetrope/app-kit'
import type { Connection } from '@zoetrope/contracts'
import { err } from '@zoetrope/contracts'

import { app } from './config.ts'

/** What azd tells its hooks, and who else deploys may set. */
const deployment = defineApp({
  name: 'bootstrap',
  settings: {
    cosmosEndpoint: setting('AZURE_COSMOS_ENDPOINT', text, {
      default: '',
      help: 'Address of the Cosmos DB account: an output of the deployment.',
    }),
    azureTenantId: setting('AZURE_TENANT_ID', text, {
      default: '',
      help: 'Directory (Entra ID tenant) of the subscription.',
    }),
  },
})

/**
 * The account to fill: the one that the app's own settings name (a laptop), else the one of the deployment, as whoever deploys. Outside of azd's
 * hooks azd is asked for it. @throws SETTINGS_INVALID when nothing names an account, or what does is no HTTPS address
 */
export async function bootstrapAccount(): Promise<Connection> {
  if (isSet('ZOETROPE_COSMOS') || isSet('ZOETROPE_COSMOS__accountEndpoint')) return app.read('cosmos')
  const { cosmosEndpoint, azureTenantId } = deployment.load()
  const accountEndpoint = cosmosEndpoint || (await askAzd('AZURE_COSMOS_ENDPOINT'))
  if (!accountEndpoint)
    throw err('SETTINGS_INVALID', {
      detail:
        'no account is named. Run this where `azd up` has run, or set AZURE_COSMOS_ENDPOINT to the address of the Cosmos DB account (https://NAME.documents.azure.com:443/).',
    })
  // A token goes there: never in the clear.
  if (URL.parse(accountEndpoint)?.protocol !== 'https:')
    throw err('SETTINGS_INVALID', {
      detail: `AZURE_COSMOS_ENDPOINT is "${accountEndpoint}", which is no address of an account: https://NAME.documents.azure.com:443/.`,
    })
  return {
    name: 'ZOETROPE_COSMOS',
    endpoints: { accountEndpoint },
    identity: deployerIdentity(azureTenantId || (await askAzd('AZURE_TENANT_ID'))),
  }
}

/** A value of azd's chosen environment; undefined where there is no azd, no environment, or no such value. */
function askAzd(name: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    execFile('azd', ['env', 'get-value', name], { timeout: 30_000 }, (error, stdout) =>
      resolve(error ? undefined : stdout.trim() || undefined),
    )
  })
}
