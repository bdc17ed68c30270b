import type { Check, DeployedApp, Deployment } from './deployment.ts'
import { accountNamedIn } from './deployment.ts'
import { isDurable } from './declarations.ts'
import { childrenOf, resourcesOf, shortName, valueAt } from './snapshot.ts'

/** Memory sizes that Flex Consumption has, MB. */
const instanceSizes = [512, 2048, 4096]
/** Releases of Node that the platform runs and that the repo is tested on. */
const nodeVersion = '24'

/** Every app has a plan of its own, runs the code from its own account, and is given the time and the instances it counts on. */
export const checkApps: Check = (deployment) => [
  ...deployment.apps.filter(({ isContainer }) => !isContainer).flatMap((app) => checkSite(deployment, app)),
  ...deployment.apps.flatMap((app) => checkTimes(deployment, app)),
  ...deployment.apps
    .filter(({ identity }) => !identity)
    .map(({ name }) => `App ${name} needs a user-assigned identity.`),
  ...deployment.apps.flatMap(checkIdentity),
  ...sharedIdentities(deployment),
  ...strangers(deployment),
]

function checkSite(deployment: Deployment, app: DeployedApp): string[] {
  const { snapshot } = deployment
  const { name, resource } = app
  const config = valueAt(resource.properties, 'functionAppConfig')
  const planId = String(valueAt(resource.properties, 'serverFarmId') ?? '').toLowerCase()
  const plan = resourcesOf(snapshot, 'Microsoft.Web/serverfarms').find(
    ({ id }) => id.toLowerCase() === planId,
  )
  const sharers = deployment.apps.filter(
    (other) => String(valueAt(other.resource.properties, 'serverFarmId') ?? '').toLowerCase() === planId,
  )
  const memory = valueAt(config, 'scaleAndConcurrency', 'instanceMemoryMB')
  const problems: [boolean, string][] = [
    [plan?.sku?.['name'] !== 'FC1', 'needs a Flex Consumption plan (FC1)'],
    [sharers.length > 1, `shares its plan with another app, which Flex Consumption does not allow`],
    [valueAt(config, 'runtime', 'name') !== 'node', 'must run on Node'],
    [valueAt(config, 'runtime', 'version') !== nodeVersion, `must run on Node ${nodeVersion}`],
    [
      valueAt(config, 'siteUpdateStrategy', 'type') !== 'RollingUpdate',
      'must be updated by RollingUpdate: the default kills what is running',
    ],
    [!instanceSizes.includes(Number(memory)), `has instances of ${String(memory)} MB, which do not exist`],
    [
      valueAt(resource.properties, 'siteConfig', 'linuxFxVersion') !== undefined,
      'must not have linuxFxVersion',
    ],
  ]
  return [
    ...problems.filter(([isBroken]) => isBroken).map(([, words]) => `App ${name} ${words}.`),
    ...checkPackage(deployment, app),
    ...checkAlwaysReady(app),
  ]
}

/** The code lies in a container of the app's own host account, read with the app's own identity. */
function checkPackage(
  { snapshot }: Deployment,
  { name, resource, hostAccount, identity }: DeployedApp,
): string[] {
  const storage = valueAt(resource.properties, 'functionAppConfig', 'deployment', 'storage')
  const address = String(valueAt(storage, 'value') ?? '')
  const containers = hostAccount
    ? childrenOf(snapshot, hostAccount, 'Microsoft.Storage/storageAccounts/blobServices/containers').map(
        shortName,
      )
    : []
  const container = containers.find((candidate) => new RegExp(String.raw`[/']${candidate}\b`).test(address))
  const reader = String(
    valueAt(storage, 'authentication', 'userAssignedIdentityResourceId') ?? '',
  ).toLowerCase()
  const account = accountNamedIn(snapshot, address)
  return [
    ...(hostAccount && account === hostAccount
      ? []
      : [
          `App ${name} must take its code from its own host storage account, not from ${address || 'nowhere'}.`,
        ]),
    ...(container
      ? []
      : [
          `App ${name} takes its code from ${address || 'nowhere'}: its host storage account has no such container.`,
        ]),
    ...(containers.length <= 1
      ? []
      : [
          `The host storage account of app ${name} must have the container of its code alone, and has ${containers.join(', ')}.`,
        ]),
    ...(identity && reader === identity.id.toLowerCase()
      ? []
      : [`App ${name} must read its code with its own identity.`]),
  ]
}

/** Instances are kept ready for groups that exist: http, durable, or a function of the app. */
function checkAlwaysReady({ name, declared, resource }: DeployedApp): string[] {
  const groups = (valueAt(resource.properties, 'functionAppConfig', 'scaleAndConcurrency', 'alwaysReady') ??
    []) as readonly { readonly name: string }[]
  const known = new Set([
    ...(declared.functions.some(({ trigger }) => trigger === 'http') ? ['http'] : []),
    ...(isDurable(declared) ? ['durable'] : []),
    ...declared.functions.map((each) => `function:${each.name}`),
  ])
  return groups
    .filter((group) => !known.has(group.name))
    .map((group) => `App ${name} keeps instances ready for ${group.name}, which it does not have.`)
}

/** What host.json and the settings of an app say about time must fit together, and what names the task hub too. */
function checkTimes(
  { snapshot, declarations }: Deployment,
  { name, declared, settings }: DeployedApp,
): string[] {
  const host = declarations.hosts.get(name)
  const timeoutMs = milliseconds(host?.functionTimeout ?? '')
  const hub = host?.extensions?.durableTask?.hubName
  const hubs = resourcesOf(snapshot, 'Microsoft.DurableTask/schedulers/taskHubs').map(shortName)
  return [
    ...[...settings]
      .filter(([setting, value]) => setting.endsWith('_TASK_LIMIT_MS') && !(Number(value) < timeoutMs))
      .map(
        ([setting, value]) =>
          `${setting} of app ${name} is ${value}, and its host.json ends a function after ${timeoutMs} ms: a task must end before.`,
      ),
    ...(isDurable(declared) && hubs.length > 0 && hubs.join() !== hub
      ? [`The task hub must be ${String(hub)}, as host.json of app ${name} says, and is ${hubs.join(', ')}.`]
      : []),
  ]
}

/** An app has its own identity alone: with another one it could ask for tokens of that one too. */
function checkIdentity({ name, resource, identity }: DeployedApp): string[] {
  const given = Object.keys(resource.identity?.userAssignedIdentities ?? {})
  const keyVault = valueAt(resource.properties, 'keyVaultReferenceIdentity')
  return [
    ...(given.length === 1 && resource.identity?.type === 'UserAssigned'
      ? []
      : [`App ${name} must have its own user-assigned identity and no other one.`]),
    ...(identity === undefined || keyVault === undefined || keyVault === identity.id
      ? []
      : [`App ${name} must read secrets with its own identity (keyVaultReferenceIdentity).`]),
  ]
}

function sharedIdentities({ apps }: Deployment): string[] {
  return apps
    .filter(({ identity }, index) =>
      apps.slice(0, index).some((other) => identity && other.identity === identity),
    )
    .map(({ name }) => `App ${name} shares its identity with another app: each needs its own.`)
}

/** Sites and identities that belong to no app. */
function strangers({ snapshot, apps }: Deployment): string[] {
  const known = new Set(apps.flatMap(({ resource, identity }) => [resource, identity]))
  return [
    ...resourcesOf(snapshot, 'Microsoft.Web/sites'),
    ...resourcesOf(snapshot, 'Microsoft.ManagedIdentity/userAssignedIdentities'),
  ]
    .filter((resource) => !known.has(resource))
    .map(({ name, type }) => `Not needed: ${name} (${type}) belongs to no app of apps/manifests.json.`)
}

/** `00:30:00` -> 1800000. */
function milliseconds(span: string): number {
  const [hours = 0, minutes = 0, seconds = 0] = span.split(':').map(Number)
  return ((hours * 60 + minutes) * 60 + seconds) * 1000
}
