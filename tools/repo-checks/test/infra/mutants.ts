import { readDeclarations } from '../../src/infra/declarations.ts'
import { matchDeployment } from '../../src/infra/deployment.ts'
import { roleAssignments } from '../../src/infra/role-assignments.ts'
import { roleDefinitions } from '../../src/infra/role-definitions.ts'
import {
  resourcesOf,
  shortName,
  valueAt,
  type ParameterSet,
  type Snapshot,
  type SnapshotResource,
} from '../../src/infra/snapshot.ts'

/** A snapshot with one thing wrong. */
export interface Mutant {
  readonly title: string
  readonly snapshot: Snapshot
  /** Texts that one finding has to hold, all of them: it must name what is wrong. */
  readonly names: readonly string[]
}

const storage = 'Microsoft.Storage/storageAccounts'
const cosmos = 'Microsoft.DocumentDB/databaseAccounts'
const cosmosContainer = `${cosmos}/sqlDatabases/containers`
const queryAlert = 'Microsoft.Insights/scheduledQueryRules'
const metricAlert = 'Microsoft.Insights/metricAlerts'

/** A role of Azure that would be too much for anybody here. */
const contributor = 'b24988ac-6180-42a0-ab88-20f7382dd24c'

/** Every mutant of a snapshot: each thing that the apps need, removed; something too much in each place; doors left open. */
export function mutantsOf(set: ParameterSet, snapshot: Snapshot): Mutant[] {
  return [
    ...roleMutants(set, snapshot),
    ...settingMutants(set, snapshot),
    ...removals(snapshot),
    ...indexMutants(snapshot),
    ...surplusResources(snapshot),
    ...weakenings(snapshot),
  ]
}

/** Each assignment removed, each held by another identity, each one step wider, each of a larger role. */
function roleMutants(set: ParameterSet, snapshot: Snapshot): Mutant[] {
  const { apps } = matchDeployment(set, snapshot, readDeclarations())
  return roleAssignments(snapshot).flatMap((assignment) => {
    const { resource, principal, role, scope } = assignment
    const holder = apps.find(({ identity }) => identity && principal.includes(`/${identity.name}'`))
    const name = role ? roleDefinitions[role].name : assignment.roleId
    const who = holder
      ? `app ${holder.name}`
      : principal.includes('systemTopics')
        ? "Event Grid's topic"
        : 'the deployer'
    const other = apps.find((app) => app !== holder && app.identity)
    const wider = scope.slice(0, scope.lastIndexOf('/'))
    return [
      {
        title: `${who} without ${name} on ${scope}`,
        snapshot: without(snapshot, resource),
        names: ['Role missing', who, name],
      },
      {
        title: `${name} on ${scope} for ${other?.name} instead of ${who}`,
        snapshot: replaced(snapshot, resource, {
          ...resource,
          properties: {
            ...(resource.properties as object),
            principalId: `[reference('${other?.identity?.id}').principalId]`,
          },
        }),
        names: ['Role not needed', `app ${other?.name}`, name],
      },
      {
        title: `${who} as Contributor on ${scope}`,
        snapshot: replaced(
          snapshot,
          resource,
          withValue(
            resource,
            ['roleDefinitionId'],
            `/providers/Microsoft.Authorization/roleDefinitions/${contributor}`,
          ),
        ),
        names: ['Role not needed', contributor],
      },
      {
        title: `${who} with ${name} on ${wider}`,
        snapshot: replaced(snapshot, resource, movedTo(resource, wider)),
        names: ['Role not needed', name, wider],
      },
    ]
  })
}

function movedTo(resource: SnapshotResource, scope: string): SnapshotResource {
  if (valueAt(resource.properties, 'scope') !== undefined)
    return { ...resource, properties: { ...(resource.properties as object), scope } }
  return { ...resource, id: `${scope}/providers/Microsoft.Authorization/roleAssignments/${resource.name}` }
}

/** Each setting of each app removed, and one too many; what Flex Consumption forbids. */
function settingMutants(set: ParameterSet, snapshot: Snapshot): Mutant[] {
  const { apps } = matchDeployment(set, snapshot, readDeclarations())
  return apps
    .filter(({ isContainer }) => !isContainer)
    .flatMap(({ name, resource, settings }) => {
      const list = [...settings].map(([key, value]) => ({ name: key, value }))
      const withSettings = (appSettings: readonly object[]): Snapshot =>
        replaced(snapshot, resource, withValue(resource, ['siteConfig', 'appSettings'], appSettings))
      return [
        ...list.map((setting) => ({
          title: `app ${name} without ${setting.name}`,
          snapshot: withSettings(list.filter((each) => each !== setting)),
          names: ['Setting missing', `app ${name}`, setting.name],
        })),
        ...list.map((setting) => ({
          title: `app ${name} with an empty ${setting.name}`,
          snapshot: withSettings(list.map((each) => (each === setting ? { ...each, value: '' } : each))),
          names: ['Setting wrong', `app ${name}`, setting.name],
        })),
        {
          title: `app ${name} with a setting that nothing reads`,
          snapshot: withSettings([...list, { name: 'ZOETROPE_LEFT_OVER', value: '1' }]),
          names: ['Setting not needed', `app ${name}`, 'ZOETROPE_LEFT_OVER'],
        },
        {
          title: `app ${name} with FUNCTIONS_WORKER_RUNTIME`,
          snapshot: withSettings([...list, { name: 'FUNCTIONS_WORKER_RUNTIME', value: 'node' }]),
          names: ['Setting forbidden', `app ${name}`, 'FUNCTIONS_WORKER_RUNTIME'],
        },
      ]
    })
}

/** Each queue, container, subscription, alert, app and budget removed. */
function removals(snapshot: Snapshot): Mutant[] {
  const kinds: [string, (resource: SnapshotResource) => string[]][] = [
    [`${storage}/queueServices/queues`, (resource) => ['Missing', `queue ${shortName(resource)}`]],
    [
      `${storage}/blobServices/containers`,
      (resource) =>
        shortName(resource) === 'app-package'
          ? ['takes its code from', resource.name.split('/')[0] ?? '']
          : [shortName(resource)],
    ],
    [`${storage}/managementPolicies`, () => ['lifecycle rule']],
    [
      cosmosContainer,
      (resource) => ['Missing', `container ${shortName(resource)} of the ${roleOf(resource)}`],
    ],
    ['Microsoft.EventGrid/systemTopics/eventSubscriptions', (resource) => ['Missing', shortName(resource)]],
    ['Microsoft.Web/sites', (resource) => [`App ${resource.tags?.['azd-service-name']} is not deployed`]],
    ['Microsoft.Web/serverfarms', () => ['needs a Flex Consumption plan']],
    [queryAlert, (resource) => ['Missing: the alert', resource.name]],
    [metricAlert, () => ['Missing: ', 'alert']],
    ['Microsoft.Consumption/budgets', () => ['Missing: a budget']],
    ['Microsoft.Insights/diagnosticSettings', () => ['needs a diagnostic setting']],
    ['Microsoft.Network/privateEndpoints', () => ['needs a private endpoint for']],
  ]
  return kinds.flatMap(([type, names]) =>
    resourcesOf(snapshot, type).map((resource) => ({
      title: `${resource.name} (${type}) removed`,
      snapshot: without(snapshot, resource),
      names: names(resource),
    })),
  )
}

function roleOf({ id }: SnapshotResource): string {
  return id.includes('replica') ? 'replica' : 'primary'
}

/** Each path and each composite index of each container removed, one added; keys and TTL changed. */
function indexMutants(snapshot: Snapshot): Mutant[] {
  return resourcesOf(snapshot, cosmosContainer).flatMap((container) => {
    const title = `container ${shortName(container)} of the ${roleOf(container)} Cosmos account`
    const policy = ['resource', 'indexingPolicy'] as const
    const mutant = (
      what: string,
      path: readonly string[],
      value: unknown,
      names: readonly string[],
    ): Mutant => ({
      title: `${title}: ${what}`,
      snapshot: replaced(snapshot, container, withValue(container, path, value)),
      names: [title, ...names],
    })
    const lists = ['includedPaths', 'excludedPaths', 'compositeIndexes'].flatMap((list) => {
      const found = (valueAt(container.properties, ...policy, list) ?? []) as readonly unknown[]
      return [
        ...found.map((index) => {
          const paths = [index].flat().map((each) => String(valueAt(each, 'path')))
          return mutant(
            `${list} without ${paths.join()}`,
            [...policy, list],
            found.filter((each) => each !== index),
            [`${list} of its indexes lack`, ...paths],
          )
        }),
        ...(list === 'compositeIndexes'
          ? []
          : [
              mutant(
                `${list} with one more`,
                [...policy, list],
                [...found, { path: '/surplus/?' }],
                [`${list} of its indexes have /surplus/?`],
              ),
            ]),
      ]
    })
    return [
      ...lists,
      mutant('another partition key', ['resource', 'partitionKey', 'paths'], ['/other'], ['partition key']),
      mutant('no TTL', ['resource', 'defaultTtl'], undefined, ['defaultTtl']),
    ]
  })
}

/** One queue, container, subscription, role and site too many. */
function surplusResources(snapshot: Snapshot): Mutant[] {
  const renamed = (resource: SnapshotResource, name: string): SnapshotResource => ({
    ...resource,
    id: `${resource.id.slice(0, resource.id.lastIndexOf('/'))}/${name}`,
    name: `${resource.name.includes('/') ? resource.name.slice(0, resource.name.lastIndexOf('/') + 1) : ''}${name}`,
    tags: { ...resource.tags, 'azd-service-name': name },
  })
  return [
    `${storage}/queueServices/queues`,
    `${storage}/blobServices/containers`,
    cosmosContainer,
    'Microsoft.EventGrid/systemTopics/eventSubscriptions',
    'Microsoft.Web/sites',
    'Microsoft.ManagedIdentity/userAssignedIdentities',
    storage,
  ].flatMap((type) =>
    resourcesOf(snapshot, type).map((resource) => ({
      title: `one more beside ${resource.name} (${type})`,
      snapshot: {
        ...snapshot,
        predictedResources: [...snapshot.predictedResources, renamed(resource, 'surplus')],
      },
      names: ['surplus'],
    })),
  )
}

/** Doors left open, one at a time. */
function weakenings(snapshot: Snapshot): Mutant[] {
  const flags: [string, string[], unknown][] = [
    [storage, ['allowSharedKeyAccess'], true],
    [storage, ['allowBlobPublicAccess'], true],
    [storage, ['minimumTlsVersion'], 'TLS1_0'],
    [`${storage}/blobServices/containers`, ['publicAccess'], 'Blob'],
    [cosmos, ['disableLocalAuth'], false],
    [cosmos, ['minimalTlsVersion'], 'Tls'],
    ['Microsoft.Web/sites', ['httpsOnly'], false],
    ['Microsoft.Web/sites', ['functionAppConfig', 'siteUpdateStrategy', 'type'], 'Recreate'],
    ['Microsoft.Insights/components', ['DisableLocalAuth'], false],
    [queryAlert, ['enabled'], false],
    [metricAlert, ['enabled'], false],
    [queryAlert, ['actions', 'actionGroups'], []],
    [metricAlert, ['actions'], []],
    ['Microsoft.Insights/actionGroups', ['emailReceivers'], []],
    ['Microsoft.Consumption/budgets', ['notifications', 'Actual50', 'contactGroups'], []],
    ['Microsoft.OperationalInsights/workspaces/savedSearches', ['etag'], undefined],
  ]
  const sites = resourcesOf(snapshot, 'Microsoft.Web/sites')
  return [
    ...flags.flatMap(([type, path, value]) =>
      resourcesOf(snapshot, type).map((resource) => ({
        title: `${resource.name}: ${path.join('.')} = ${String(value)}`,
        snapshot: replaced(snapshot, resource, withValue(resource, path, value)),
        names: [
          resource.tags?.['azd-service-name'] && path.length > 1
            ? `App ${resource.tags['azd-service-name']}`
            : resource.name,
        ],
      })),
    ),
    ...sites.map((site) => ({
      title: `${site.name} with the code of another app`,
      snapshot: replaced(
        snapshot,
        site,
        withValue(
          site,
          ['functionAppConfig', 'deployment', 'storage', 'value'],
          valueAt(
            (sites.find((other) => other !== site) ?? site).properties,
            'functionAppConfig',
            'deployment',
            'storage',
            'value',
          ),
        ),
      ),
      names: [`App ${site.tags?.['azd-service-name']} must take its code from its own host storage account`],
    })),
    {
      title: 'an output that is a key',
      snapshot: {
        ...snapshot,
        outputs: {
          ...snapshot.outputs,
          AZURE_STORAGE_KEY: `[listKeys('account', '2025-06-01').keys[0].value]`,
        },
      },
      names: ['AZURE_STORAGE_KEY', 'secret'],
    },
  ]
}

function without(snapshot: Snapshot, resource: SnapshotResource): Snapshot {
  return { ...snapshot, predictedResources: snapshot.predictedResources.filter((each) => each !== resource) }
}

/** A snapshot with another resource in the place of one. */
export function replaced(snapshot: Snapshot, resource: SnapshotResource, by: SnapshotResource): Snapshot {
  return {
    ...snapshot,
    predictedResources: snapshot.predictedResources.map((each) => (each === resource ? by : each)),
  }
}

/** A copy of a resource with another value at a path in its properties. */
export function withValue(
  resource: SnapshotResource,
  path: readonly string[],
  value: unknown,
): SnapshotResource {
  const set = (target: unknown, [key, ...rest]: readonly string[]): unknown => {
    if (key === undefined) return value
    const changed = set(valueAt(target, key), rest)
    return Array.isArray(target)
      ? target.with(Number(key), changed)
      : { ...(target as object), [key]: changed }
  }
  return { ...resource, properties: set(resource.properties, path) }
}
