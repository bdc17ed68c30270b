import type { Check, Deployment } from './deployment.ts'
import { deadLetterContainers } from './event-subscriptions.ts'
import { deployerRole, expectedRoles, type ExpectedRole } from './expected-roles.ts'
import { roleAssignments, type RoleAssignment } from './role-assignments.ts'
import { roleDefinitions } from './role-definitions.ts'
import { childrenOf, resourcesOf, shortName, valueAt } from './snapshot.ts'

/** A role that somebody needs, and how to tell that somebody's id. */
interface Need extends ExpectedRole {
  /** In words: `app images`. */
  readonly holder: string
  readonly isHolder: (principal: string) => boolean
}

/** Every identity has the roles that its app, the events and the deployer need, each at its scope, and no others. */
export const checkRoles: Check = (deployment) => {
  const assigned = roleAssignments(deployment.snapshot)
  const needs = neededRoles(deployment)
  const taken = new Set<RoleAssignment>()
  const missing = needs.flatMap((need) => {
    const found = assigned.find((assignment) => !taken.has(assignment) && isFor(assignment, need))
    if (found) taken.add(found)
    return found ? [] : [describeMissing(need)]
  })
  const surplus = assigned.filter((assignment) => !taken.has(assignment))
  return [
    ...missing,
    ...surplus.map((assignment) => describeSurplus(deployment, assignment)),
    ...assigned.flatMap((assignment) => checkPrincipalType(deployment, assignment)),
  ]
}

/** Azure looks an identity up by its type; one that is a minute old is not found as anything else. */
function checkPrincipalType({ apps }: Deployment, { resource, principal, role }: RoleAssignment): string[] {
  const app = apps.find(({ identity }) => identity && namesId(principal, identity.id))
  const type = valueAt(resource.properties, 'principalType')
  if (!app || !/Microsoft.Authorization/i.test(resource.type) || type === 'ServicePrincipal') return []
  const name = role ? roleDefinitions[role].name : resource.name
  return [
    `The assignment of ${name} to app ${app.name} must have the principalType ServicePrincipal, not ${String(type)}.`,
  ]
}

function isFor({ role, scope, principal }: RoleAssignment, need: Need): boolean {
  return (
    role === need.role &&
    need.scope !== undefined &&
    scope.toLowerCase() === need.scope.toLowerCase() &&
    need.isHolder(principal)
  )
}

function neededRoles(deployment: Deployment): Need[] {
  const ofApps = deployment.apps.flatMap((app) =>
    expectedRoles(deployment, app).map((expected) => ({
      ...expected,
      holder: `app ${app.name}`,
      isHolder: (principal: string) => app.identity !== undefined && namesId(principal, app.identity.id),
    })),
  )
  const ofDeployer = {
    ...deployerRole(deployment),
    holder: 'the deployer',
    isHolder: (principal: string) =>
      !deployment.snapshot.predictedResources.some(({ id }) => namesId(principal, id)),
  }
  return [...ofApps, ...eventRoles(deployment), ofDeployer]
}

/** Event Grid brings events to their queue, and to the dead letters what it cannot bring. */
function eventRoles({ snapshot, accounts, declarations }: Deployment): Need[] {
  const account = accounts['media-storage']
  const [topic] = resourcesOf(snapshot, 'Microsoft.EventGrid/systemTopics')
  const isHolder = (principal: string): boolean => topic !== undefined && namesId(principal, topic.id)
  const within = (type: string, name: unknown): string | undefined =>
    account && childrenOf(snapshot, account, type).find((child) => shortName(child) === name)?.id
  const queues = new Set(declarations.resources.storageEvents.map(({ queue }) => queue))
  const holder = "Event Grid's topic"
  return [
    ...[...queues].map((name) => ({
      holder,
      isHolder,
      role: 'queueDataMessageSender' as const,
      scope: within('Microsoft.Storage/storageAccounts/queueServices/queues', name),
      place: `the queue ${name}`,
      reason: 'it brings events there',
    })),
    ...deadLetterContainers(snapshot).map((name) => ({
      holder,
      isHolder,
      role: 'blobDataContributor' as const,
      scope: within('Microsoft.Storage/storageAccounts/blobServices/containers', name),
      place: `the blob container ${name}`,
      reason: 'it keeps there what it could not deliver',
    })),
  ]
}

function describeMissing({ holder, role, place, reason }: Need): string {
  return `Role missing: ${holder} needs ${roleDefinitions[role].name} on ${place}: ${reason}. Assign it there, or take the need out of the app's config.ts.`
}

function describeSurplus(deployment: Deployment, { role, roleId, scope, principal }: RoleAssignment): string {
  const app = deployment.apps.find(({ identity }) => identity && namesId(principal, identity.id))
  const holder = app ? `app ${app.name}` : principal
  const name = role ? roleDefinitions[role].name : `the unknown role ${roleId}`
  return `Role not needed: ${holder} has ${name} on ${scope}. Remove the assignment, or declare in the app's config.ts what it is for.`
}

/** Whether an expression such as `[reference('id', ...).principalId]` names exactly this resource. */
function namesId(expression: string, id: string): boolean {
  const text = expression.toLowerCase()
  const start = text.indexOf(id.toLowerCase())
  return start >= 0 && !/^[\w/-]/.test(text.slice(start + id.length))
}
