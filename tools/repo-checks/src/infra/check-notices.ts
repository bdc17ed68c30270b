import type { Check, Deployment } from './deployment.ts'
import { resourcesOf, valueAt, type SnapshotResource } from './snapshot.ts'

const queryAlert = 'Microsoft.Insights/scheduledQueryRules'
const metricAlert = 'Microsoft.Insights/metricAlerts'
const workspace = 'Microsoft.OperationalInsights/workspaces'
/** Tables of a workspace that queries begin with; other words are functions that are saved there. */
const tables = /^(?:App|Azure|Storage|FunctionAppLogs|Heartbeat|Usage)/

/** What alerts and budgets find out reaches somebody, and they look where something is to be seen. */
export const checkNotices: Check = (deployment) => [
  ...actionGroups(deployment),
  ...scopes(deployment),
  ...queries(deployment),
  ...diagnostics(deployment),
  ...budgets(deployment),
]

function alerts({ snapshot }: Deployment): readonly SnapshotResource[] {
  return [...resourcesOf(snapshot, queryAlert), ...resourcesOf(snapshot, metricAlert)]
}

function actionGroups({ snapshot }: Deployment): string[] {
  return resourcesOf(snapshot, 'Microsoft.Insights/actionGroups').flatMap(({ name, properties }) => [
    ...(valueAt(properties, 'enabled') === true
      ? []
      : [`The action group ${name} is off: alerts reach nobody.`]),
    ...(hasReceivers(properties) ? [] : [`The action group ${name} tells nobody: give it a receiver.`]),
  ])
}

/** Of any kind: `emailReceivers`, `webhookReceivers`, ... */
function hasReceivers(properties: unknown): boolean {
  return Object.entries(properties ?? {}).some(
    ([key, value]) => key.endsWith('Receivers') && Array.isArray(value) && value.length > 0,
  )
}

function scopes(deployment: Deployment): string[] {
  const ids = new Set(deployment.snapshot.predictedResources.map(({ id }) => id.toLowerCase()))
  return alerts(deployment)
    .filter(({ properties }) => {
      const found = (valueAt(properties, 'scopes') ?? []) as readonly string[]
      return found.length === 0 || found.some((scope) => !ids.has(scope.toLowerCase()))
    })
    .map(({ name }) => `The alert ${name} looks at something that this deployment does not make.`)
}

/** Queries begin with a table or a function that is there; no time lies between two looks; one poisoned message is enough. */
function queries({ snapshot }: Deployment): string[] {
  const functions = new Set(
    resourcesOf(snapshot, `${workspace}/savedSearches`).map(({ properties }) =>
      String(valueAt(properties, 'functionAlias')),
    ),
  )
  return resourcesOf(snapshot, queryAlert).flatMap(({ name, properties }) => {
    const [criterion] = (valueAt(properties, 'criteria', 'allOf') ?? []) as readonly unknown[]
    const query = String(valueAt(criterion, 'query') ?? '')
    const source = /^\s*(\w*)/.exec(query)?.[1] ?? ''
    const isFirstEnough =
      valueAt(criterion, 'operator') === 'GreaterThan' && valueAt(criterion, 'threshold') === 0
    const windowMinutes = minutesOf(valueAt(properties, 'windowSize'))
    const everyMinutes = minutesOf(valueAt(properties, 'evaluationFrequency'))
    return [
      ...(tables.test(source) || functions.has(source)
        ? []
        : [
            `The alert ${name} asks for ${source || 'nothing'}, which is no table and no saved function of the workspace.`,
          ]),
      ...(windowMinutes >= everyMinutes
        ? []
        : [
            `The alert ${name} looks every ${everyMinutes} minutes at ${windowMinutes}: it misses what lies between.`,
          ]),
      ...(query.includes("'queue.poisoned'") && !isFirstEnough
        ? [`The alert ${name} must tell of the first poisoned message: GreaterThan 0.`]
        : []),
    ]
  })
}

/** `PT15M`, `PT1H`, `P1D` -> minutes; NaN for anything else. */
function minutesOf(duration: unknown): number {
  const [, days, hours, minutes] = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?)?$/.exec(String(duration)) ?? []
  if (!days && !hours && !minutes) return Number.NaN
  return (Number(days ?? 0) * 24 + Number(hours ?? 0)) * 60 + Number(minutes ?? 0)
}

function diagnostics({ snapshot }: Deployment): string[] {
  const workspaces = new Set<unknown>(resourcesOf(snapshot, workspace).map(({ id }) => id))
  const sends = ({ properties }: SnapshotResource): boolean =>
    ['logs', 'metrics'].some((kind) =>
      ((valueAt(properties, kind) ?? []) as readonly unknown[]).some(
        (each) => valueAt(each, 'enabled') === true,
      ),
    )
  return [
    ...resourcesOf(snapshot, 'Microsoft.Insights/diagnosticSettings')
      .filter((setting) => !sends(setting) || !workspaces.has(valueAt(setting.properties, 'workspaceId')))
      .map(({ id }) => `The diagnostic setting ${id} sends nothing to the workspace of this deployment.`),
    ...resourcesOf(snapshot, 'Microsoft.Insights/components')
      .filter(({ properties }) => !workspaces.has(valueAt(properties, 'WorkspaceResourceId')))
      .map(({ name }) => `${name} must keep what it gets in the workspace of this deployment.`),
  ]
}

function budgets({ snapshot }: Deployment): string[] {
  return resourcesOf(snapshot, 'Microsoft.Consumption/budgets').flatMap(({ name, properties }) => {
    const notifications = Object.entries(valueAt(properties, 'notifications') ?? {})
    if (notifications.length === 0) return [`The budget ${name} tells nobody: give it notifications.`]
    return notifications
      .filter(([, notification]) => !reachesSomebody(notification))
      .map(
        ([key]) =>
          `The notification ${key} of the budget ${name} is off, or tells nobody: enable it, and give it an address or an action group. Azure refuses it else.`,
      )
  })
}

/** Roles do not count: Azure asks for an address or a group. */
function reachesSomebody(notification: unknown): boolean {
  const people = ['contactEmails', 'contactGroups'].flatMap(
    (key) => (valueAt(notification, key) ?? []) as readonly unknown[],
  )
  return valueAt(notification, 'enabled') === true && people.length > 0
}
