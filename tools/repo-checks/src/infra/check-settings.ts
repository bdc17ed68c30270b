import { isDurable } from './declarations.ts'
import { accountNamedIn, type Check, type DeployedApp, type Deployment } from './deployment.ts'
import { usesScheduler } from './expected-roles.ts'
import { resourcesOf, type SnapshotResource } from './snapshot.ts'

/** A setting that an app has to have in Azure. */
interface ExpectedSetting {
  readonly name: string
  /** What its value must be, in words. */
  readonly words: string
  readonly isRight: (value: string) => boolean
}

/** Public addresses, which infra alone can know. The second is that of the console, where there is one. */
const addressOfDelivery = 'ZOETROPE_DELIVERY_URL'
const addressesOfPages = 'ZOETROPE_CORS_ORIGINS'

/** What Flex Consumption ignores, or breaks on: the plan says these things in other places. */
const forbiddenOnFlex = [
  'FUNCTIONS_WORKER_RUNTIME',
  'FUNCTIONS_EXTENSION_VERSION',
  'FUNCTIONS_WORKER_RUNTIME_VERSION',
  'FUNCTIONS_WORKER_PROCESS_COUNT',
  'FUNCTIONS_MAX_HTTP_CONCURRENCY',
  'WEBSITE_NODE_DEFAULT_VERSION',
  'WEBSITE_RUN_FROM_PACKAGE',
  'WEBSITE_CONTENTSHARE',
  'WEBSITE_CONTENTAZUREFILECONNECTIONSTRING',
  'WEBSITE_CONTENTOVERVNET',
  'WEBSITE_VNET_ROUTE_ALL',
  'WEBSITE_MAX_DYNAMIC_APPLICATION_SCALE_OUT',
  'SCM_DO_BUILD_DURING_DEPLOYMENT',
  'ENABLE_ORYX_BUILD',
  'WEBSITE_TIME_ZONE',
  'TZ',
]

/** Every app has the settings that it declares and those of the platform, each with the right value, and no others. */
export const checkSettings: Check = (deployment) => {
  const deployed = new Set(deployment.apps.map(({ name }) => name))
  const lost = deployment.declarations.apps
    .filter(({ name }) => !deployed.has(name))
    .map(
      ({ name }) =>
        `App ${name} is not deployed: no site and no container app has the tag azd-service-name: ${name}.`,
    )
  return [...lost, ...deployment.apps.flatMap((app) => settingsOfApp(deployment, app))]
}

function settingsOfApp(deployment: Deployment, app: DeployedApp): string[] {
  const expected = expectedSettings(deployment, app)
  const names = new Set(expected.map(({ name }) => name))
  const findings = expected.flatMap(({ name, words, isRight }) => {
    const value = app.settings.get(name)
    if (value === undefined)
      return [`Setting missing: app ${app.name} needs ${name}, ${words}. Add it to its settings in infra/.`]
    if (isRight(value)) return []
    return [`Setting wrong: ${name} of app ${app.name} is "${value}", and must be ${words}.`]
  })
  const surplus = [...app.settings.keys()]
    .filter((name) => !names.has(name))
    .map((name) => {
      if (!app.isContainer && forbiddenOnFlex.includes(name))
        return `Setting forbidden: ${name} of app ${app.name} must not be set on Flex Consumption. Remove it.`
      return `Setting not needed: app ${app.name} has ${name}, and nothing reads it. Remove it, or declare it in apps/${app.name}/src/config.ts.`
    })
  return [...findings, ...surplus]
}

function expectedSettings(deployment: Deployment, app: DeployedApp): ExpectedSetting[] {
  return [
    ...hostSettings(deployment, app),
    ...connectionSettings(deployment, app),
    ...valueSettings(deployment, app),
    ...(isDurable(app.declared) && usesScheduler(deployment) ? schedulerSettings(deployment, app) : []),
    ...(app.isContainer ? [exactly('AzureWebJobsSecretStorageType', 'Files')] : []),
  ]
}

function hostSettings(deployment: Deployment, app: DeployedApp): ExpectedSetting[] {
  const { identity } = app
  const [insights] = resourcesOf(deployment.snapshot, 'Microsoft.Insights/components')
  const needsTables = isDurable(app.declared) && !usesScheduler(deployment)
  const hostAccount = app.hostAccount
  return [
    exactly('AzureWebJobsStorage__credential', 'managedidentity'),
    clientId('AzureWebJobsStorage__clientId', identity),
    ...['blob', ...(needsTables ? ['queue', 'table'] : [])].map((service) =>
      address(deployment, `AzureWebJobsStorage__${service}ServiceUri`, service, hostAccount),
    ),
    {
      name: 'APPLICATIONINSIGHTS_CONNECTION_STRING',
      words: 'the connection string of Application Insights',
      isRight: (value) => insights !== undefined && names(value, insights) && /ConnectionString/.test(value),
    },
    {
      name: 'APPLICATIONINSIGHTS_AUTHENTICATION_STRING',
      words: 'ClientId=<client id of its identity>;Authorization=AAD',
      isRight: (value) =>
        identity !== undefined && names(value, identity) && /ClientId=.*;Authorization=AAD/.test(value),
    },
    clientId('AZURE_CLIENT_ID', identity),
  ]
}

function connectionSettings(deployment: Deployment, app: DeployedApp): ExpectedSetting[] {
  return app.declared.settings.flatMap(({ name, kind, account }) => {
    if (kind !== 'connection' || !account) return []
    const target = deployment.accounts[account]
    return [
      exactly(`${name}__credential`, 'managedidentity'),
      clientId(`${name}__clientId`, app.identity),
      ...(account === 'media-storage'
        ? ['blob', 'queue'].map((service) =>
            address(deployment, `${name}__${service}ServiceUri`, service, target),
          )
        : [address(deployment, `${name}__accountEndpoint`, 'document', target)]),
    ]
  })
}

function valueSettings({ snapshot }: Deployment, app: DeployedApp): ExpectedSetting[] {
  const hasConsole = resourcesOf(snapshot, 'Microsoft.Web/staticSites').length > 0
  const isGiven = (name: string): boolean =>
    name === addressOfDelivery || (name === addressesOfPages && (hasConsole || app.settings.has(name)))
  return app.declared.settings.flatMap(({ name, kind, default: preset, isSecret }) => {
    if (kind !== 'value') return []
    if (isSecret)
      return [
        {
          name,
          words: 'a reference to a secret of the key vault',
          isRight: (value: string) => value.startsWith('@Microsoft.KeyVault('),
        },
      ]
    if (isGiven(name))
      return [{ name, words: 'an address that infra/ gives', isRight: (value: string) => value !== '' }]
    if (preset === undefined)
      return [{ name, words: 'a value: it has no default', isRight: (value: string) => value !== '' }]
    if (preset === '') return []
    // A parameter set may tune a number to the size of its instances; what is no number is part of how apps work together.
    return [
      /^\d+$/.test(preset)
        ? { name, words: `a number such as ${preset}`, isRight: isPositive }
        : exactly(name, preset),
    ]
  })
}

function schedulerSettings({ snapshot }: Deployment, app: DeployedApp): ExpectedSetting[] {
  const [scheduler] = resourcesOf(snapshot, 'Microsoft.DurableTask/schedulers')
  return [
    {
      name: 'DURABLE_TASK_SCHEDULER_CONNECTION_STRING',
      words:
        'Endpoint=<of the scheduler>;Authentication=ManagedIdentity;ClientID=<client id of its identity>',
      isRight: (value) =>
        scheduler !== undefined &&
        app.identity !== undefined &&
        names(value, scheduler) &&
        names(value, app.identity) &&
        /Endpoint=.*;Authentication=ManagedIdentity;ClientID=/.test(value),
    },
  ]
}

function exactly(name: string, expected: string): ExpectedSetting {
  return { name, words: `"${expected}"`, isRight: (value) => value === expected }
}

function clientId(name: string, identity: SnapshotResource | undefined): ExpectedSetting {
  return {
    name,
    words: 'the client id of its identity',
    isRight: (value) => identity !== undefined && names(value, identity) && /clientId/.test(value),
  }
}

/** The address of one service of an account, or an expression that asks for it. */
function address(
  { snapshot }: Deployment,
  name: string,
  service: string,
  account: SnapshotResource | undefined,
): ExpectedSetting {
  return {
    name,
    words: `the ${service} address of ${account?.name ?? 'an account that is not deployed'}`,
    isRight: (value) =>
      account !== undefined && accountNamedIn(snapshot, value) === account && value.includes(service),
  }
}

function isPositive(value: string): boolean {
  return /^[1-9]\d*$/.test(value)
}

function names(value: string, resource: SnapshotResource): boolean {
  return value.toLowerCase().includes(resource.id.toLowerCase())
}
