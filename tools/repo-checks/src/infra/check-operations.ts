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

/** An operation that was seen, with what it needs, and the roles of its actor that count where it is done. */
interface SeenOperation extends ObservedOperation {
  readonly actions: Alternatives | undefined
  readonly roles: readonly ExpectedRole[]
}

/** `npm run bootstrap` runs as whoever deploys. */
const deployer = 'deployer'

/** Somebody whose operations were seen: an app, or the deployer. */
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
    { name: deployer, app: undefined, roles: [deployerRole(deployment)] },
  ]
  const names = new Set(declarations.apps.map(({ name }) => name)).add(deployer)
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
  const places = Map.groupBy(observed, ({ account, resource }) => `${account} ${resource}`)
  const seen = [...places.values()].flatMap((there) => placeOperations(deployment, actor, there))
  return [...unallowed(actor, seen), ...unused(actor, seen)]
}

/** Operations on one resource, each with the roles that count there. */
function placeOperations(
  deployment: Deployment,
  { app, roles }: Actor,
  operations: readonly ObservedOperation[],
): SeenOperation[] {
  const [first] = operations
  const target = first && resourceScope(deployment, app, first.account, first.resource)
  return operations.map((each) => ({
    ...each,
    actions: actionsOf(each.account, each.operation),
    roles: target ? roles.filter(({ scope }) => isWithinScope(each.operation, target, scope)) : [],
  }))
}

function unallowed({ name }: Actor, seen: readonly SeenOperation[]): string[] {
  return seen.flatMap((operation) => {
    const what = `${name} was seen to do ${operation.operation} on ${operation.resource} of ${operation.account}`
    if (!operation.actions)
      return [
        `Role missing: ${what}, which no role allows as far as operation-actions.ts knows. Add the operation there, or do without it.`,
      ]
    if (isAllowed(operation.actions, operation.roles)) return []
    return [
      `Role missing: ${what}, and none of the roles that its config.ts gives it there allows that. Declare it.`,
    ]
  })
}

function unused({ name: actor, roles }: Actor, seen: readonly SeenOperation[]): string[] {
  return roles
    .filter(({ isPlatform, scope }) => !isPlatform && scope !== undefined)
    .flatMap((expected) => {
      const { role, place: where } = expected
      const name = roleDefinitions[role].name
      const using = seen.filter(
        (each) => each.roles.includes(expected) && isAllowed(each.actions, each.roles),
      )
      /** Whether all would still be allowed with another role, or none, in place of this one. */
      const isEnough = (smaller: RoleKey | undefined): boolean =>
        using.every((each) => {
          const others = each.roles.filter((other) => other !== expected)
          return isAllowed(each.actions, smaller ? [...others, { ...expected, role: smaller }] : others)
        })
      if (isEnough(undefined))
        return [
          `Role not needed: nothing that ${actor} was seen to do needs ${name} on ${where}. Declare less in its config.ts, or let the end-to-end test do what needs it.`,
        ]
      const smaller = smallerRoles[role]
      if (smaller && isEnough(smaller))
        return [
          `Role too large: all that ${actor} was seen to do on ${where} is allowed by ${roleDefinitions[smaller].name} too, and it has ${name}. Declare less in its config.ts.`,
        ]
      return []
    })
}

/** Whether some of the roles, alone or together, allow what an operation needs. */
function isAllowed(actions: Alternatives | undefined, roles: readonly ExpectedRole[]): boolean {
  return (actions ?? []).some((needed) =>
    needed.every((action) => roles.some(({ role }) => isGranted(role, action))),
  )
}
