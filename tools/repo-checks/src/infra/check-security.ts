import { isDurable } from './declarations.ts'
import type { Check, Deployment } from './deployment.ts'
import { usesScheduler } from './expected-roles.ts'
import { isWithin, resourcesOf, valueAt, type Snapshot, type SnapshotResource } from './snapshot.ts'

/** What must hold for every resource of a type: path in its properties, allowed values, and why. */
interface SecurityRule {
  readonly type: string
  readonly path: readonly string[]
  readonly allowed: readonly unknown[]
  readonly reason: string
}

const noKeys = 'identities only, no keys'
const storage = 'Microsoft.Storage/storageAccounts'
const cosmos = 'Microsoft.DocumentDB/databaseAccounts'
const site = 'Microsoft.Web/sites'

const rules: readonly SecurityRule[] = [
  { type: storage, path: ['allowSharedKeyAccess'], allowed: [false], reason: noKeys },
  { type: storage, path: ['allowBlobPublicAccess'], allowed: [false], reason: 'media is private' },
  {
    type: storage,
    path: ['allowCrossTenantReplication'],
    allowed: [false],
    reason: 'media stays in its tenant',
  },
  {
    type: storage,
    path: ['supportsHttpsTrafficOnly'],
    allowed: [true],
    reason: 'nothing travels in the clear',
  },
  {
    type: storage,
    path: ['minimumTlsVersion'],
    allowed: ['TLS1_2', 'TLS1_3'],
    reason: 'older TLS is broken',
  },
  {
    type: `${storage}/blobServices/containers`,
    path: ['publicAccess'],
    allowed: ['None'],
    reason: 'media is private',
  },
  { type: cosmos, path: ['disableLocalAuth'], allowed: [true], reason: noKeys },
  { type: cosmos, path: ['disableKeyBasedMetadataWriteAccess'], allowed: [true], reason: noKeys },
  { type: cosmos, path: ['minimalTlsVersion'], allowed: ['Tls12'], reason: 'older TLS is broken' },
  { type: site, path: ['httpsOnly'], allowed: [true], reason: 'nothing travels in the clear' },
  {
    type: site,
    path: ['siteConfig', 'minTlsVersion'],
    allowed: ['1.2', '1.3'],
    reason: 'older TLS is broken',
  },
  {
    type: site,
    path: ['functionAppConfig', 'deployment', 'storage', 'authentication', 'type'],
    allowed: ['UserAssignedIdentity'],
    reason: noKeys,
  },
  {
    type: site,
    path: ['siteConfig', 'connectionStrings'],
    allowed: [undefined],
    reason: 'connections are settings, by identity',
  },
  {
    type: site,
    path: ['siteConfig', 'cors'],
    allowed: [undefined],
    reason: 'the platform would answer in place of the app, which knows the pages that may ask',
  },
  {
    type: site,
    path: ['siteConfig', 'remoteDebuggingEnabled'],
    allowed: [undefined, false],
    reason: 'nobody looks into what customers send',
  },
  { type: 'Microsoft.Insights/components', path: ['DisableLocalAuth'], allowed: [true], reason: noKeys },
  {
    type: 'Microsoft.Insights/components',
    path: ['DisableIpMasking'],
    allowed: [undefined, false],
    reason: 'addresses of people are not kept',
  },
  {
    type: 'Microsoft.OperationalInsights/workspaces',
    path: ['features', 'disableLocalAuth'],
    allowed: [true],
    reason: noKeys,
  },
  {
    type: 'Microsoft.KeyVault/vaults',
    path: ['enableRbacAuthorization'],
    allowed: [true],
    reason: 'roles, not access policies',
  },
  {
    type: 'Microsoft.KeyVault/vaults',
    path: ['enablePurgeProtection'],
    allowed: [true],
    reason: 'a deleted secret can be brought back',
  },
  {
    type: 'Microsoft.ContainerRegistry/registries',
    path: ['adminUserEnabled'],
    allowed: [false],
    reason: noKeys,
  },
  {
    type: 'Microsoft.ContainerRegistry/registries',
    path: ['anonymousPullEnabled'],
    allowed: [undefined, false],
    reason: 'images are private',
  },
]

/** Resources that say elsewhere what these checks read in the site or account itself, or that are keys. */
const forbiddenTypes: Readonly<Record<string, string>> = {
  'Microsoft.Web/sites/config': 'it replaces settings of the site: write them there',
  'Microsoft.Web/sites/basicPublishingCredentialsPolicies': 'Flex Consumption does not have it',
  'Microsoft.Web/sites/host/functionKeys': noKeys,
  'Microsoft.Storage/storageAccounts/localUsers': noKeys,
  'Microsoft.KeyVault/vaults/accessPolicies': 'roles, not access policies',
}

/** Functions of ARM that answer with keys, and forms in which keys are written. */
const secretPattern =
  /list(?:Keys|Secrets|ConnectionStrings|AccountSas|ServiceSas|Credentials)\b|AccountKey=|SharedAccessKey|[?&]sig=/i
/** Parts of a resource that hold a secret, should an output name them. */
const secretOutputPattern =
  /ConnectionString|InstrumentationKey|\.(?:primary|secondary)(?:Master)?Key|password|(?:api|access|shared)_?key/i

/** No keys anywhere, nothing public that need not be, nothing in the clear. */
export const checkSecurity: Check = (deployment) => [
  ...brokenRules(deployment),
  ...forbiddenResources(deployment),
  ...secrets(deployment),
  ...(deployment.set === 'hardened' ? openDoors(deployment) : []),
]

function brokenRules({ snapshot }: Deployment): string[] {
  return rules.flatMap(({ type, path, allowed, reason }) =>
    resourcesOf(snapshot, type)
      .filter(({ properties }) => !allowed.includes(valueAt(properties, ...path)))
      .map(
        ({ name, properties }) =>
          `${name} (${type}): ${path.join('.')} is ${JSON.stringify(valueAt(properties, ...path))}, and must be ${allowed.map((value) => value ?? 'left out').join(' or ')}: ${reason}.`,
      ),
  )
}

function forbiddenResources({ snapshot }: Deployment): string[] {
  return Object.entries(forbiddenTypes).flatMap(([type, reason]) =>
    resourcesOf(snapshot, type).map(({ name }) => `${name} (${type}) must not be made: ${reason}.`),
  )
}

function secrets({ snapshot }: Deployment): string[] {
  return [
    ...snapshot.predictedResources
      .filter((resource) => holdsSecret(resource))
      .map(({ name, type }) => `${name} (${type}) asks for a key or holds one. Use an identity and a role.`),
    ...resourcesOf(snapshot, 'Microsoft.KeyVault/vaults/secrets').map(
      ({ name }) =>
        `The secret ${name} is made by infra/. Third-party secrets are put into the vault by people.`,
    ),
    ...Object.entries(snapshot.outputs ?? {})
      .filter(([name, value]) => {
        const text = `${name} ${JSON.stringify(value)}`
        return secretPattern.test(text) || secretOutputPattern.test(text)
      })
      .map(
        ([name]) => `The output ${name} gives a secret away: outputs are kept in the history of deployments.`,
      ),
  ]
}

const looked = new WeakMap<SnapshotResource, boolean>()

/** Looked at once for each resource: most are the same ones in many snapshots of a run. */
function holdsSecret(resource: SnapshotResource): boolean {
  const found = looked.get(resource) ?? secretPattern.test(JSON.stringify(resource))
  looked.set(resource, found)
  return found
}

/** With private networking, what the apps talk to is reached through private endpoints only. */
function openDoors(deployment: Deployment): string[] {
  const { snapshot, apps, accounts } = deployment
  const media = accounts['media-storage']
  const endpoints = resourcesOf(snapshot, 'Microsoft.Network/privateEndpoints').map((endpoint) =>
    JSON.stringify(endpoint.properties),
  )
  const servicesOf = (account: SnapshotResource): string[] => {
    if (account.type === cosmos) return ['Sql']
    if (account === media) return ['blob', 'queue']
    const owner = apps.find(({ hostAccount }) => hostAccount === account)
    const keepsState = owner !== undefined && isDurable(owner.declared) && !usesScheduler(deployment)
    return keepsState ? ['blob', 'queue', 'table'] : ['blob']
  }
  const reached = [...resourcesOf(snapshot, storage), ...resourcesOf(snapshot, cosmos)]
  return [
    ...reached.flatMap((account) =>
      servicesOf(account)
        .filter(
          (service) =>
            !endpoints.some((text) => text.includes(`"${account.id}"`) && text.includes(`["${service}"]`)),
        )
        .map((service) => `${account.name} needs a private endpoint for ${service} in the hardened set.`),
    ),
    ...reached
      // Browsers upload to the media account, so that one has a public way in: docs/decisions/0011.
      .filter(
        ({ id, properties }) => id !== media?.id && valueAt(properties, 'publicNetworkAccess') !== 'Disabled',
      )
      .map(({ name }) => `${name} must not be reached from public networks in the hardened set.`),
    ...['Microsoft.DurableTask/schedulers', 'Microsoft.KeyVault/vaults']
      .flatMap((type) => resourcesOf(snapshot, type))
      .filter(({ properties }) => valueAt(properties, 'publicNetworkAccess') !== 'Disabled')
      .map(({ name }) => `${name} must not be reached from public networks in the hardened set.`),
    ...resourcesOf(snapshot, 'Microsoft.Network/privateEndpoints')
      .filter(
        ({ id }) =>
          !resourcesOf(snapshot, 'Microsoft.Network/privateEndpoints/privateDnsZoneGroups').some((group) =>
            isWithin(group.id, id),
          ),
      )
      .map(
        ({ name }) => `The private endpoint ${name} needs a DNS zone group: else its name leads elsewhere.`,
      ),
    ...apps
      .filter(({ isContainer, resource }) => !isContainer && !isInNetwork(snapshot, resource))
      .map(({ name }) => `App ${name} must go out through a subnet in the hardened set.`),
    ...(resourcesOf(snapshot, 'Microsoft.Network/privateDnsZones').length > 0
      ? []
      : ['The hardened set needs private DNS zones: without them names lead to public addresses.']),
  ]
}

function isInNetwork(snapshot: Snapshot, { properties }: SnapshotResource): boolean {
  const subnet = String(valueAt(properties, 'virtualNetworkSubnetId') ?? '')
  return resourcesOf(snapshot, 'Microsoft.Network/virtualNetworks').some(({ id }) => isWithin(subnet, id))
}
