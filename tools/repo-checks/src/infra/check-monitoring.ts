import { alertNames } from './alert-runbook.ts'
import type { DeclaredApp } from './declarations.ts'
import type { Check, Deployment } from './deployment.ts'
import { childrenOf, isWithin, resourcesOf, valueAt, type SnapshotResource } from './snapshot.ts'

/** What must be watched: an alert whose query names this metric of the apps. */
const watchedMetrics: Readonly<Record<string, string>> = {
  'jobs.ended': 'failed jobs',
  'queue.poisoned': 'messages on poison queues',
  'replica.lagMs': 'a replica that falls behind',
}
/** Resources whose logs and metrics go to the workspace. */
const diagnosed = [
  'Microsoft.App/managedEnvironments',
  'Microsoft.Cdn/profiles',
  'Microsoft.DocumentDB/databaseAccounts',
  'Microsoft.EventGrid/systemTopics',
  'Microsoft.KeyVault/vaults',
  'Microsoft.Web/sites',
]
const queryAlert = 'Microsoft.Insights/scheduledQueryRules'
const metricAlert = 'Microsoft.Insights/metricAlerts'
const actionGroup = 'Microsoft.Insights/actionGroups'

/** What goes wrong is told to somebody, in words that lead to a page; what happens is kept; what it costs has a limit. */
export const checkMonitoring: Check = (deployment) => [
  ...checkAlerts(deployment),
  ...checkRunbook(deployment),
  ...checkDiagnostics(deployment),
  ...checkBudget(deployment),
  ...checkSavedSearches(deployment),
  ...checkTags(deployment),
]

function checkAlerts({ snapshot, declarations }: Deployment): string[] {
  const queries = resourcesOf(snapshot, queryAlert)
  const platform = resourcesOf(snapshot, metricAlert)
  const emitted = new Set(declarations.apps.flatMap(({ metrics }) => metrics ?? []))
  const namedIn = (alert: SnapshotResource): string[] => metricsIn(JSON.stringify(alert.properties))
  const groups = resourcesOf(snapshot, actionGroup)
  const isIdle = ({ properties }: SnapshotResource): boolean => {
    const actions = JSON.stringify(valueAt(properties, 'actions') ?? [])
    return valueAt(properties, 'enabled') === false || !groups.some(({ id }) => actions.includes(`"${id}"`))
  }
  const accounts = resourcesOf(snapshot, 'Microsoft.DocumentDB/databaseAccounts')
  const unwatched = declarations.resources.queues.filter((queue) => {
    const listens = ({ queues, metrics }: DeclaredApp): boolean =>
      queues.consumes.includes(queue) && (metrics ?? []).includes('queue.poisoned')
    return queue.endsWith('-poison') && !declarations.apps.some(listens)
  })
  return [
    ...unwatched.map(
      (queue) =>
        `Nobody hears of messages on ${queue}: no app listens to it and emits queue.poisoned. Add a function that does.`,
    ),
    ...queries.flatMap((alert) =>
      namedIn(alert)
        .filter((metric) => !emitted.has(metric))
        .map((metric) => `The alert ${alert.name} names the metric ${metric}, which no app emits.`),
    ),
    ...Object.entries(watchedMetrics)
      .filter(([metric]) => !queries.some((alert) => namedIn(alert).includes(metric)))
      .map(
        ([metric, what]) =>
          `Missing: an alert on ${metric} (${what}). Make it in infra/modules/alerts.bicep.`,
      ),
    ...accounts
      .filter(({ id }) => !platform.some((alert) => watchesThrottling(alert, id)))
      .map(({ name }) => `Missing: an alert on requests that ${name} throttles (429).`),
    ...[...queries, ...platform]
      .filter(isIdle)
      .map(({ name }) => `The alert ${name} is off, or tells nobody: give it an action group.`),
  ]
}

function watchesThrottling({ properties }: SnapshotResource, account: string): boolean {
  const scopes = (valueAt(properties, 'scopes') ?? []) as readonly string[]
  return (
    scopes.some((scope) => scope.toLowerCase() === account.toLowerCase()) &&
    /429|NormalizedRUConsumption/.test(JSON.stringify(properties))
  )
}

/** Names such as `queue.poisoned` that stand in quotation marks in a query. */
function metricsIn(text: string): string[] {
  const query = text.replaceAll(String.raw`\"`, "'")
  return [...new Set([...query.matchAll(/'([a-z]+(?:\.[a-zA-Z]+)+)'/g)].map(([, name = '']) => name))]
}

/** Each alert has a section in the runbook, and each section an alert. */
function checkRunbook({ snapshot, declarations }: Deployment): string[] {
  const sections = declarations.alertSections
  const named = alertNames(snapshot)
  return [
    ...[...named]
      .filter(([, section]) => section === undefined || !sections.includes(section))
      .map(
        ([alert, section]) =>
          `The alert ${alert} leads to ${section ? `docs/operations/alerts.md#${section}, which does not exist` : 'no page'}: write a section and name it in the description.`,
      ),
    ...sections
      .filter((section) => ![...named.values()].includes(section))
      .map((section) => `Missing: the alert ${section}, which docs/operations/alerts.md tells of.`),
  ]
}

function checkDiagnostics({ snapshot, accounts }: Deployment): string[] {
  const settings = resourcesOf(snapshot, 'Microsoft.Insights/diagnosticSettings').filter(
    ({ properties }) => valueAt(properties, 'workspaceId') !== undefined,
  )
  const media = accounts['media-storage']
  const services = media
    ? ['blobServices', 'queueServices'].flatMap((service) =>
        childrenOf(snapshot, media, `Microsoft.Storage/storageAccounts/${service}`),
      )
    : []
  return [...diagnosed.flatMap((type) => resourcesOf(snapshot, type)), ...services]
    .filter((resource) => !settings.some(({ id }) => isDirectlyIn(id, resource)))
    .map(
      ({ name, type }) =>
        `${name} (${type}) needs a diagnostic setting that sends its logs to the workspace.`,
    )
}

/** Whether an extension resource belongs to a resource itself, not to something in it. */
function isDirectlyIn(id: string, { id: parent }: SnapshotResource): boolean {
  return isWithin(id, `${parent}/providers/Microsoft.Insights`)
}

function checkBudget({ snapshot }: Deployment): string[] {
  return resourcesOf(snapshot, 'Microsoft.Consumption/budgets').length > 0
    ? []
    : ['Missing: a budget of the resource group. Make it in infra/modules/budget.bicep.']
}

/** What the alerts read must not stand in the way of the next deployment. */
function checkSavedSearches({ snapshot }: Deployment): string[] {
  return resourcesOf(snapshot, 'Microsoft.OperationalInsights/workspaces/savedSearches')
    .filter(({ properties }) => valueAt(properties, 'etag') !== '*')
    .map(
      ({ name }) =>
        `The saved search ${name} needs the etag '*': without it Azure refuses the second deployment.`,
    )
}

/** Everything that has a place has the tags by which costs are summed and azd finds its environment. */
function checkTags({ snapshot }: Deployment): string[] {
  const wanted = ['azd-env-name', 'product']
  return snapshot.predictedResources
    .filter(({ name, location, type }) => location !== undefined && !name.includes('/') && isTaggable(type))
    .flatMap((resource) =>
      wanted
        .filter((tag) => !resource.tags?.[tag])
        .map((tag) => `${resource.name} (${resource.type}) lacks the tag ${tag}.`),
    )
}

/** Extensions of other resources have no tags of their own. */
function isTaggable(type: string): boolean {
  return !/^Microsoft\.(?:Authorization|Consumption)\/|\/diagnosticSettings$/i.test(type)
}
