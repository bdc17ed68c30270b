// Hook of azd before it provisions: what a deployment needs of the subscription and does not see to itself.
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

import { Command } from 'commander'
import pico from 'picocolors'

import { signedInToken } from './azure-token.ts'
import { messageOf } from './message-of.ts'
import { ensureRegistered, namespacesOf } from './resource-providers.ts'

const registerMs = 15 * 60_000
const options = new Command('run-preprovision.ts')
  .description('Registers the resource providers that infra/ uses in the subscription AZURE_SUBSCRIPTION_ID.')
  .option('--management-url <url>', "Azure's management API", 'https://management.azure.com')
  .parse()
  .opts<{ managementUrl: string }>()

try {
  const subscriptionId = process.env['AZURE_SUBSCRIPTION_ID']
  if (!subscriptionId)
    throw new Error(
      'AZURE_SUBSCRIPTION_ID is not set: `azd up` asks for it. Before `azd provision`, run `azd env set AZURE_SUBSCRIPTION_ID ...`.',
    )
  const template = join(resolve(import.meta.dirname, '..', '..', '..'), 'infra', 'main.json')
  const connection = { managementUrl: options.managementUrl, getToken: signedInToken('azd'), pollMs: 5000 }
  const namespaces = namespacesOf(JSON.parse(readFileSync(template, 'utf8')))
  const say = (text: string): void => console.log(text)
  await ensureRegistered(connection, namespaces, { subscriptionId, timeoutMs: registerMs, say })
  console.log(`${namespaces.length} resource providers are registered.`)
} catch (error) {
  console.error(pico.red(messageOf(error)))
  process.exitCode = 1
}
