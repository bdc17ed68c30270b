import { expect, it } from '@jest/globals'

import { checkSnapshot } from '../../src/infra/check-snapshot.ts'
import { readDeclarations } from '../../src/infra/declarations.ts'
import { readSnapshot, resourcesOf, type Snapshot, type SnapshotResource } from '../../src/infra/snapshot.ts'
import { replaced, withValue } from './mutants.ts'

const declarations = readDeclarations()
// Has all that there is: Front Door, private network, scheduler.
const snapshot = readSnapshot('hardened')
const before = new Set(checkSnapshot('hardened', snapshot, declarations))

const storage = 'Microsoft.Storage/storageAccounts'
const cosmos = 'Microsoft.DocumentDB/databaseAccounts'
const site = 'Microsoft.Web/sites'
const events = 'Microsoft.EventGrid/systemTopics/eventSubscriptions'
const queryAlert = 'Microsoft.Insights/scheduledQueryRules'
const budget = 'Microsoft.Consumption/budgets'
const route = 'Microsoft.Cdn/profiles/afdEndpoints/routes'
const firewall = 'Microsoft.Network/FrontDoorWebApplicationFirewallPolicies'
const elsewhere =
  '/subscriptions/other/resourceGroups/other/providers/Microsoft.OperationalInsights/workspaces/other'

/** What a tired colleague would commit: a value in the resource of a type (and a part of its name), and what the finding says. */
const values: readonly (readonly [type: string, name: string, path: string, value: unknown, says: string])[] =
  [
    [
      site,
      'api',
      'functionAppConfig.deployment.storage.authentication.type',
      'StorageAccountConnectionString',
      'no keys',
    ],
    [site, 'api', 'siteConfig.connectionStrings', [{ name: 'a' }], 'connectionStrings'],
    [site, 'api', 'siteConfig.cors', { allowedOrigins: ['*'] }, 'siteConfig.cors'],
    [site, 'api', 'siteConfig.remoteDebuggingEnabled', true, 'remoteDebuggingEnabled'],
    [
      site,
      'api',
      'siteConfig.ipSecurityRestrictionsDefaultAction',
      'Allow',
      'App api must be reached through afd-',
    ],
    [site, 'delivery', 'siteConfig.ipSecurityRestrictions', [], 'App delivery must be reached through afd-'],
    [site, 'relay', 'virtualNetworkSubnetId', '/subscriptions/other/subnets/apps', 'App relay must go out'],
    [site, 'relay', 'keyVaultReferenceIdentity', '/identities/other', 'App relay must read secrets'],
    [
      route,
      '/api',
      'cacheConfiguration',
      { queryStringCachingBehavior: 'UseQueryString' },
      'must keep no answers',
    ],
    [route, '/delivery', 'cacheConfiguration.queryStringCachingBehavior', 'IgnoreQueryString', 'whole query'],
    [route, '/api', 'forwardingProtocol', 'MatchRequest', 'by HTTPS only'],
    [firewall, '', 'policySettings.mode', 'Detection', 'must be enabled and block'],
    [firewall, '', 'managedRules.managedRuleSets', [], 'must be enabled and block'],
    [
      'Microsoft.Cdn/profiles/securityPolicies',
      '',
      'parameters.wafPolicy.id',
      '/other',
      'needs a firewall policy',
    ],
    [
      'Microsoft.Cdn/profiles/originGroups/origins',
      '/api',
      'enforceCertificateNameCheck',
      false,
      'certificate checked',
    ],
    [
      'Microsoft.DurableTask/schedulers',
      '',
      'publicNetworkAccess',
      'Enabled',
      'must not be reached from public networks',
    ],
    ['Microsoft.OperationalInsights/workspaces', '', 'features.disableLocalAuth', false, 'no keys'],
    [
      'Microsoft.OperationalInsights/workspaces/savedSearches',
      '',
      'functionAlias',
      'Metrics',
      'no saved function',
    ],
    ['Microsoft.Insights/components', '', 'DisableIpMasking', true, 'addresses of people'],
    [
      'Microsoft.Insights/components',
      '',
      'WorkspaceResourceId',
      elsewhere,
      'in the workspace of this deployment',
    ],
    ['Microsoft.Insights/diagnosticSettings', '', 'workspaceId', elsewhere, 'sends nothing to the workspace'],
    ['Microsoft.Insights/actionGroups', '', 'enabled', false, 'alerts reach nobody'],
    ['Microsoft.Insights/actionGroups', '', 'emailReceivers', [], 'tells nobody'],
    [
      queryAlert,
      'failed-jobs',
      'actions.actionGroups',
      ['/subscriptions/other/actionGroups/other'],
      'tells nobody',
    ],
    [queryAlert, 'failed-jobs', 'scopes', [elsewhere], 'does not make'],
    [queryAlert, 'failed-jobs', 'windowSize', 'PT1M', 'misses what lies between'],
    [queryAlert, 'lost-workers', 'criteria.allOf.0.query', 'Metrics | take 1', 'no saved function'],
    [queryAlert, 'poisoned-messages', 'criteria.allOf.0.threshold', 10, 'first poisoned message'],
    ['Microsoft.Insights/metricAlerts', 'undelivered', 'scopes', ['/other'], 'does not make'],
    [budget, '', 'notifications.Actual80.enabled', false, 'Actual80'],
    [budget, '', 'notifications.Actual100', { enabled: true }, 'Actual100'],
    [events, '', 'deliveryWithResourceIdentity.identity.type', 'None', 'deliver with an identity'],
    [events, '', 'deadLetterWithResourceIdentity.identity.type', undefined, 'deadLetterWithResourceIdentity'],
    [
      events,
      '',
      'deliveryWithResourceIdentity.destination.properties.queueMessageTimeToLiveInSeconds',
      3600,
      '7 days or more',
    ],
    [
      events,
      '',
      'deadLetterWithResourceIdentity.deadLetterDestination.properties.resourceId',
      '/other',
      'dead letters in the media storage account',
    ],
    [
      `${storage}/managementPolicies`,
      '',
      'policy.rules.3.definition.actions.baseBlob',
      { tierToArchive: {} },
      'archives',
    ],
    [
      `${storage}/managementPolicies`,
      '',
      'policy.rules.2.definition.filters.prefixMatch',
      ['u'],
      'deletes or archives sources',
    ],
    [`${storage}/blobServices`, 'stmedia', 'deleteRetentionPolicy.days', 1, '7 or more'],
    [cosmos, 'primary', 'enableMultipleWriteLocations', true, 'writes in one region'],
    [cosmos, 'replica', 'consistencyPolicy.defaultConsistencyLevel', 'Eventual', 'session consistency'],
    [
      'Microsoft.Authorization/roleAssignments',
      '',
      'principalType',
      'User',
      'principalType ServicePrincipal',
    ],
  ]

it.each(values)('%s %s with %s = %j is found out', (type, name, path, value, says) => {
  const resource = find(type, name)

  const findings = newFindings(replaced(snapshot, resource, withValue(resource, path.split('.'), value)))

  expect(findings).toContainEqual(expect.stringContaining(says))
})

it('an app with the identity of another one beside its own is found out', () => {
  const [resource, other] = [
    find(site, 'images'),
    find('Microsoft.ManagedIdentity/userAssignedIdentities', 'api'),
  ]
  const userAssignedIdentities = { ...resource.identity?.userAssignedIdentities, [other.id]: {} }

  const findings = newFindings(
    replaced(snapshot, resource, { ...resource, identity: { ...resource.identity, userAssignedIdentities } }),
  )

  expect(findings).toContainEqual(
    expect.stringContaining('App images must have its own user-assigned identity'),
  )
})

it('a topic without an identity is found out', () => {
  const { identity: _, ...rest } = find('Microsoft.EventGrid/systemTopics', '')

  const findings = newFindings(replaced(snapshot, find('Microsoft.EventGrid/systemTopics', ''), rest))

  expect(findings).toContainEqual(expect.stringContaining('needs an identity'))
})

it('a private endpoint whose name is not in DNS is found out', () => {
  const group = find('Microsoft.Network/privateEndpoints/privateDnsZoneGroups', 'blob')

  const findings = newFindings({
    ...snapshot,
    predictedResources: snapshot.predictedResources.filter((each) => each !== group),
  })

  expect(findings).toContainEqual(expect.stringContaining('needs a DNS zone group'))
})

it.each([
  [`${site}/config`, 'appsettings'],
  [`${site}/basicPublishingCredentialsPolicies`, 'scm'],
  [`${storage}/localUsers`, 'somebody'],
])('a resource of the type %s is found out', (type, name) => {
  const resource: SnapshotResource = { id: `/other/${name}`, type, name: `other/${name}`, properties: {} }

  const findings = newFindings({
    ...snapshot,
    predictedResources: [...snapshot.predictedResources, resource],
  })

  expect(findings).toContainEqual(expect.stringContaining(`other/${name}`))
})

function find(type: string, name: string): SnapshotResource {
  const found = resourcesOf(snapshot, type).find((each) => each.name.includes(name) && hasApp(each))
  if (!found) throw new Error(`The hardened snapshot has no ${type} whose name holds "${name}".`)
  return found
}

/** Of role assignments, only those of apps have a type to check. */
function hasApp({ type, properties }: SnapshotResource): boolean {
  return !type.endsWith('/roleAssignments') || JSON.stringify(properties).includes('/id-api-')
}

function newFindings(changed: Snapshot): string[] {
  return checkSnapshot('hardened', changed, declarations).filter((finding) => !before.has(finding))
}
