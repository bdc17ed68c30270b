import { isWithinScope, resourceScope } from './data-scope.ts'
import type { ObservedOperation } from './declarations.ts'
import type { Check, DeployedApp, Deployment } from './deployment.ts'
import { deployerRole, expectedRoles, type ExpectedRole } from './expected-roles.ts'
import { actionsOf, type Alternatives } from './operation-actions.ts'
import { isGranted, roleDefinitions, type RoleKey } from './role-definitions.ts'

/** Roles that others contain: where the smaller one is enough, it is to be assigned. */
const smallerRoles: Partial<Record<RoleKey, RoleKey>> = {
  blobDataContributor: 'blobDataReader',
  queueDataContributor: 'queueDataMessageSender',
  cosmosDataContributor: 'cosmosDataReader',
}

/** An operation that was seen, with where it is in the snapshot and what it needs there. */
interface SeenOperation extends ObservedOperation {
  readonly target: string | undefined
  readonly actions: Alternatives | undefined
}

/** Somebody whose operations were seen: an app, or `npm run bootstrap`. */
interface Actor {
  readonly name: string
  readonly app: DeployedApp | undefined
  readonly roles: readonly ExpectedRole[]
}

/**
 * What each app was seen to do, against the roles that its declarations give it: every operation has a role that allows it,
 * every role an operation that would fail without it. With `checkRoles`, which holds the assignments to the declarations, the
 * assignments are checked from both sides.
 */
export const checkOperations: Check = (deployment) => {
  const { apps, declarations } = deployment
  const actors: Actor[] = [
    ...apps.map((app) => ({ name: app.name, app, roles: expectedRoles(deployment, app) })),
    { name: 'bootstrap', app: undefined, roles: [deployerRole(deployment)] },
  ]
  const names = new Set(declarations.apps.map(({ name }) => name)).add('bootstrap')
  return [
    ...actors.flatMap((actor) => checkActor(deployment, actor)),
    ...Object.keys(declarations.observed)
      .filter((name) => !names.has(name))
      .map((name) => `apps/observed-operations.json tells of ${name}, which is no app: make the file anew.`),
  ]
}

function checkActor(deployment: Deployment, actor: Actor): string[] {
  const observed = deployment.declarations.observed[actor.name]
  if (!observed)
    return [
      `Nothing was observed of ${actor.name}: run the end-to-end test of observed operations and commit apps/observed-operations.json.`,
    ]
  const seen = observed.map((operation) => ({
    ...operation,
    target: resourceScope(deployment, actor.app, operation.account, operation.resource),
    actions: actionsOf(operation.account, operation.operation),
  }))
  return [...unallowed(actor, seen), ...unused(actor, seen)]
}

function unallowed({ name, roles }: Actor, seen: readonly SeenOperation[]): string[] {
  return seen.flatMap((operation) => {
    const what = `${name} was seen to do ${operation.operation} on ${operation.resource} of ${operation.account}`
    if (!operation.actions)
      return [
        `Role missing: ${what}, which no role allows as far as operation-actions.ts knows. Add the operation there, or do without it.`,
      ]
    if (isAllowed(roles, operation)) return []
    return [
      `Role missing: ${what}, and none of the roles that its config.ts gives it there allows that. Declare it.`,
    ]
  })
}

function unused({ name: actor, roles }: Actor, seen: readonly SeenOperation[]): string[] {
  const allowed = seen.filter((operation) => isAllowed(roles, operation))
  const isEnough = (fewer: readonly ExpectedRole[]): boolean =>
    allowed.every((operation) => isAllowed(fewer, operation))
  return roles
    .filter(({ isPlatform, scope }) => !isPlatform && scope !== undefined)
    .flatMap((expected) => {
      const { role, place: where } = expected
      const others = roles.filter((other) => other !== expected)
      const name = roleDefinitions[role].name
      if (isEnough(others))
        return [
          `Role not needed: nothing that ${actor} was seen to do needs ${name} on ${where}. Declare less in its config.ts, or let the end-to-end test do what needs it.`,
        ]
      const smaller = smallerRoles[role]
      if (smaller && isEnough([...others, { ...expected, role: smaller }]))
        return [
          `Role too large: all that ${actor} was seen to do on ${where} is allowed by ${roleDefinitions[smaller].name} too, and it has ${name}. Declare less in its config.ts.`,
        ]
      return []
    })
}

/** Whether some of the roles, alone or together, allow an operation where it is done. */
function isAllowed(roles: readonly ExpectedRole[], { operation, target, actions }: SeenOperation): boolean {
  if (target === undefined || !actions) return false
  const there = roles.filter(({ scope }) => scope !== undefined && isWithinScope(operation, target, scope))
  return actions.some((needed) => needed.every((action) => there.some(({ role }) => isGranted(role, action))))
}
