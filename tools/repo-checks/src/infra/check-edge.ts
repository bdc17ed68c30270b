import type { Check, Deployment } from './deployment.ts'
import { resourcesOf, shortName, valueAt, type SnapshotResource } from './snapshot.ts'

const profile = 'Microsoft.Cdn/profiles'
const firewall = 'Microsoft.Network/FrontDoorWebApplicationFirewallPolicies'

/** The app whose answers are the same for everybody with the same URL. All others answer to who asks: kept, they would go to others. */
const cachedApp = 'delivery'

/** Where there is a Front Door, it is the only way in, its firewall blocks, and it keeps no answer that is meant for one caller. */
export const checkEdge: Check = (deployment) => {
  const [door] = resourcesOf(deployment.snapshot, profile)
  if (!door) return []
  return [...sideDoors(deployment, door), ...firewalls(deployment), ...routes(deployment)]
}

/** What stands behind takes requests of this Front Door alone: another one's owner could leave the firewall out. */
function sideDoors({ snapshot, apps }: Deployment, door: SnapshotResource): string[] {
  const hosts = resourcesOf(snapshot, `${profile}/originGroups/origins`).map(({ properties }) =>
    String(valueAt(properties, 'hostName')),
  )
  return apps
    .filter(({ resource }) => hosts.some((host) => host.startsWith(`${resource.name}.`)))
    .filter(({ resource }) => {
      const rule = (name: string): string =>
        JSON.stringify(valueAt(resource.properties, 'siteConfig', name) ?? '')
      const allowed = rule('ipSecurityRestrictions')
      const isClosed = rule('ipSecurityRestrictionsDefaultAction').includes('Deny')
      return !(isClosed && allowed.includes('x-azure-fdid') && allowed.includes(door.id))
    })
    .map(
      ({ name }) =>
        `App ${name} must be reached through ${door.name} only: deny by default, and allow the header x-azure-fdid of this Front Door.`,
    )
}

function firewalls({ snapshot }: Deployment): string[] {
  const policies = resourcesOf(snapshot, firewall)
  const bindings = resourcesOf(snapshot, `${profile}/securityPolicies`)
  const isGuarded = (endpoint: SnapshotResource): boolean =>
    bindings.some(({ properties }) => {
      const text = JSON.stringify(properties)
      return (
        text.includes(`"${endpoint.id}"`) &&
        text.includes('"/*"') &&
        policies.some(({ id }) => text.includes(`"${id}"`))
      )
    })
  return [
    ...policies
      .filter(
        ({ properties }) =>
          valueAt(properties, 'policySettings', 'enabledState') !== 'Enabled' ||
          valueAt(properties, 'policySettings', 'mode') !== 'Prevention' ||
          valueAt(properties, 'managedRules', 'managedRuleSets', 0, 'ruleSetAction') !== 'Block',
      )
      .map(
        ({ name }) =>
          `The firewall ${name} must be enabled and block (mode Prevention, rule sets with the action Block).`,
      ),
    ...resourcesOf(snapshot, `${profile}/afdEndpoints`)
      .filter((endpoint) => !isGuarded(endpoint))
      .map(({ name }) => `The endpoint ${name} needs a firewall policy for all of its paths.`),
  ]
}

function routes({ snapshot }: Deployment): string[] {
  const caching = (route: SnapshotResource): unknown =>
    valueAt(route.properties, 'cacheConfiguration', 'queryStringCachingBehavior')
  const all = resourcesOf(snapshot, `${profile}/afdEndpoints/routes`)
  return [
    ...all
      .filter(
        ({ properties }) =>
          valueAt(properties, 'forwardingProtocol') !== 'HttpsOnly' ||
          valueAt(properties, 'httpsRedirect') !== 'Enabled',
      )
      .map(({ name }) => `The route ${name} must forward by HTTPS only and redirect HTTP to it.`),
    ...all
      .filter(
        (route) =>
          shortName(route) !== cachedApp && (valueAt(route.properties, 'cacheConfiguration') ?? undefined),
      )
      .map(({ name }) => `The route ${name} must keep no answers: they are meant for who asked.`),
    ...all
      .filter((route) => shortName(route) === cachedApp && caching(route) !== 'UseQueryString')
      .map(
        ({ name }) =>
          `The route ${name} must keep answers by their whole query (UseQueryString): the signature stands in it.`,
      ),
    ...resourcesOf(snapshot, `${profile}/originGroups/origins`)
      .filter(({ properties }) => valueAt(properties, 'enforceCertificateNameCheck') !== true)
      .map(({ name }) => `The origin ${name} must have its certificate checked.`),
  ]
}
