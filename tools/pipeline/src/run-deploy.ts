// `npm run deploy -- --resource-group NAME`: brings the packages to Azure, tries the product, and undoes it where it fails.
import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

import { Command } from 'commander'
import pico from 'picocolors'

import { readPackages } from './app-packages.ts'
import type { AzureConnection } from './azure-request.ts'
import { signedInToken } from './azure-token.ts'
import type { DeploymentSteps } from './deploy.ts'
import { deploy } from './deploy.ts'
import { messageOf } from './message-of.ts'
import { QueueUse } from './deploy-order.ts'
import { formatDeployment } from './deployment-report.ts'
import type { FunctionSite } from './function-sites.ts'
import { listFunctionSites } from './function-sites.ts'
import { planDeployment } from './plan-deployment.ts'
import { publishPackage } from './publish-package.ts'
import type { RunningVersion } from './running-version.ts'
import { readRunningVersion, waitForVersion } from './running-version.ts'
import { smokeTest } from './smoke-test.ts'

interface Options {
  readonly resourceGroup: string
  readonly subscription?: string
  readonly packages: string
  readonly previous?: string
  readonly only: readonly string[]
  readonly without: readonly string[]
  readonly api?: string
  readonly smokeTest: boolean
  readonly rollBack: boolean
  readonly dryRun?: true
  readonly summary?: string
  readonly pollMs: string
  readonly managementUrl: string
}

const root = resolve(import.meta.dirname, '..', '..', '..')
/** An upload of tens of megabytes, and a role that takes ten minutes to be known. */
const installMs = 20 * 60_000
const smokeMs = 5 * 60_000

const program = new Command('npm run deploy --')
  .description(
    'Deploys the function apps whose package is not what runs; undoes it where one does not start or the product does not work.',
  )
  .requiredOption('--resource-group <name>', 'resource group of the deployment')
  .option('--subscription <id>', 'subscription (default: AZURE_SUBSCRIPTION_ID)')
  .option('--packages <folder>', 'what to deploy', 'dist/packages')
  .option('--previous <folder>', 'packages that run now, to go back to')
  .option('--only <apps...>', 'only these apps', [])
  .option('--without <apps...>', 'not these apps: those that are no function app there', [])
  .option('--api <url>', 'public address of the API, where that is not its function app (Front Door)')
  .option('--no-smoke-test', 'do not try the product (a deployment without a tenant yet)')
  .option('--no-roll-back', 'deploy also where the running version could not be brought back')
  .option('--dry-run', 'say what would be deployed')
  .option('--summary <file>', 'append a report in Markdown to this file')
  .option('--poll-ms <n>', 'between two looks at what is under way', '1000')
  .option('--management-url <url>', "Azure's management API", 'https://management.azure.com')
  .parse()
const options = program.opts<Options>()
const pollMs = Number(options.pollMs)
const subscriptionId = options.subscription ?? process.env['AZURE_SUBSCRIPTION_ID'] ?? ''
if (!subscriptionId) program.error('A subscription is needed: --subscription or AZURE_SUBSCRIPTION_ID.')
const key = process.env['ZOETROPE_API_KEY'] ?? ''
if (options.smokeTest && !options.dryRun && !key) {
  program.error('The smoke test needs an API key in ZOETROPE_API_KEY (or --no-smoke-test).')
}
const connection: AzureConnection = {
  managementUrl: options.managementUrl,
  getToken: signedInToken(),
  pollMs,
}
const say = (text: string): void => console.log(text)

try {
  process.exitCode = await main()
} catch (error) {
  console.error(pico.red(messageOf(error)))
  process.exitCode = 1
}

async function main(): Promise<number> {
  const sites = await listFunctionSites(connection, { subscriptionId, resourceGroup: options.resourceGroup })
  const running = new Map(
    await Promise.all(sites.map(async ({ app, url }) => [app, await readRunningVersion(url)] as const)),
  )
  const manifests = QueueUse.parse(JSON.parse(readFileSync(join(root, 'apps', 'manifests.json'), 'utf8')))
  // The console's site is packaged too, and is no function app.
  const isDeployed = (app: string): boolean =>
    manifests.some(({ name }) => name === app) && !options.without.includes(app)
  const updates = planDeployment({
    packages: readPackages(options.packages).filter(({ app }) => isDeployed(app)),
    sites,
    running,
    previous: options.previous && existsSync(options.previous) ? readPackages(options.previous) : [],
    manifests,
    only: options.only,
    isRollBackRequired: options.rollBack,
  })
  if (options.dryRun) {
    for (const update of updates) {
      say(`${update.app}: ${update.runningVersion ?? 'nothing'} -> ${update.package.version}`)
    }
    say(`${updates.length} of ${sites.length} apps would be deployed.`)
    return 0
  }
  const outcome = await deploy(updates, steps(sites, running))
  const report = formatDeployment(options.resourceGroup, outcome)
  say(report)
  if (options.summary) appendFileSync(options.summary, report)
  return outcome.isDeployed ? 0 : 1
}

function steps(
  sites: readonly FunctionSite[],
  running: ReadonlyMap<string, RunningVersion>,
): DeploymentSteps {
  const open = sites.filter(({ app }) => running.get(app)?.state !== 'closed')
  return {
    say,
    install: async ({ site }, target) => {
      await publishPackage(connection, site, target.file, { timeoutMs: installMs, say })
      if (await waitForVersion(site.url, target.version, { timeoutMs: installMs, pollMs })) return
      say(`${site.app}: its door is closed here; only the smoke test tells whether it works`)
    },
    smokeTest: async () => {
      if (!options.smokeTest) return say('No smoke test, as asked for.')
      const apiUrl = options.api ?? sites.find(({ app }) => app === 'api')?.url
      if (!apiUrl) throw new Error('There is no function app for api: nothing to try.')
      const target = { apiUrl, healthUrls: open.map(({ url }) => url), key, timeoutMs: smokeMs }
      await smokeTest(target, say)
    },
  }
}
