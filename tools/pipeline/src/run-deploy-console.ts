// Deploys the console's site: the folder that `npm run console-config` completed.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'

import { unpackFile } from '@zoetrope/packager'
import { Command } from 'commander'
import pico from 'picocolors'

import { signedInToken } from './azure-token.ts'
import { readConsoleToken } from './console-site.ts'
import { messageOf } from './message-of.ts'

/** The command line of Static Web Apps, fetched when it is used: it is large, and nothing else here needs it. */
const deployTool = '@azure/static-web-apps-cli@2.0.10'
const isWindows = process.platform === 'win32'

const program = new Command('run-deploy-console.ts')
  .description('Deploys the console to its Static Web App; says so where the resource group has none.')
  .option('--unpack <zip>', 'first unpack the packaged site into the folder, and end: it is configured next')
  .option('--resource-group <name>', 'resource group of the deployment')
  .option('--subscription <id>', 'subscription (default: AZURE_SUBSCRIPTION_ID)')
  .option('--folder <folder>', 'the site', 'dist/apps/console')
  .option('--management-url <url>', "Azure's management API", 'https://management.azure.com')
  .parse()
const options = program.opts<{
  unpack?: string
  resourceGroup?: string
  subscription?: string
  folder: string
  managementUrl: string
}>()

try {
  if (options.unpack) unpackFile(options.unpack, options.folder)
  else process.exitCode = await deployConsole()
} catch (error) {
  console.error(pico.red(messageOf(error)))
  process.exitCode = 1
}

async function deployConsole(): Promise<number> {
  const { resourceGroup, subscription = process.env['AZURE_SUBSCRIPTION_ID'] } = options
  if (!resourceGroup || !subscription) throw new Error('--resource-group and a subscription are needed.')
  if (!existsSync(join(options.folder, 'config.json'))) {
    throw new Error(`${options.folder} has no config.json: run \`npm run console-config\` first.`)
  }
  const connection = { managementUrl: options.managementUrl, getToken: signedInToken(), pollMs: 1000 }
  const token = await readConsoleToken(connection, { subscriptionId: subscription, resourceGroup })
  if (!token) {
    console.log(pico.yellow(`${resourceGroup} has no Static Web App with the tag azd-service-name: console.`))
    return 0
  }
  // A workflow's log shows no value that was masked.
  if (process.env['GITHUB_ACTIONS']) console.log(`::add-mask::${token}`)
  const { status, error } = spawnSync(
    isWindows ? 'npx.cmd' : 'npx',
    ['--yes', deployTool, 'deploy', options.folder, '--env', 'production', '--no-use-keychain'],
    { stdio: 'inherit', shell: isWindows, env: { ...process.env, SWA_CLI_DEPLOYMENT_TOKEN: token } },
  )
  if (error) throw error
  return status ?? 1
}
