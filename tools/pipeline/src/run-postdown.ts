// Hook of azd after `azd down`: nothing of the environment is to stay.
import { Command } from 'commander'
import pico from 'picocolors'

import { signedInToken } from './azure-token.ts'
import { messageOf } from './message-of.ts'
import { removeLeftovers } from './find-leftovers.ts'

const options = new Command('run-postdown.ts')
  .description(
    'Removes the history of deployments of the environment AZURE_ENV_NAME, and says what is left of it.',
  )
  .option('--management-url <url>', "Azure's management API", 'https://management.azure.com')
  .parse()
  .opts<{ managementUrl: string }>()

try {
  const { AZURE_SUBSCRIPTION_ID: subscriptionId, AZURE_ENV_NAME: environmentName } = process.env
  if (!subscriptionId || !environmentName) {
    throw new Error('AZURE_SUBSCRIPTION_ID and AZURE_ENV_NAME are not set: azd sets them for its hooks.')
  }
  const connection = { managementUrl: options.managementUrl, getToken: signedInToken('azd'), pollMs: 2000 }
  const left = await removeLeftovers(connection, { subscriptionId, environmentName })
  for (const text of left) console.error(pico.red(text))
  if (left.length > 0) throw new Error('Remove it with `azd down --purge --force`, or in the portal.')
  console.log(
    'Nothing is left, except the backups that Cosmos DB keeps until their time is over, free of charge.',
  )
} catch (error) {
  console.error(pico.red(messageOf(error)))
  process.exitCode = 1
}
