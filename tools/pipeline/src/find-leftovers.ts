import { z } from 'zod'

import type { AzureConnection } from './azure-request.ts'
import { AzureError, requestAzure } from './azure-request.ts'

const Listed = z.object({
  value: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      tags: z.record(z.string(), z.string()).nullish(),
      properties: z.object({ tags: z.record(z.string(), z.string()).nullish() }).nullish(),
    }),
  ),
  nextLink: z.string().nullish(),
})
type Item = z.infer<typeof Listed>['value'][number]

/** What is looked through, below `/subscriptions/{id}`. */
const lists = [
  { what: 'resource group', path: '/resourcegroups', apiVersion: '2025-04-01' },
  {
    what: 'deleted key vault',
    path: '/providers/Microsoft.KeyVault/deletedVaults',
    apiVersion: '2024-11-01',
  },
  {
    what: 'deleted workspace',
    path: '/providers/Microsoft.OperationalInsights/deletedWorkspaces',
    apiVersion: '2025-07-01',
  },
] as const
const deployments = { path: '/providers/Microsoft.Resources/deployments', apiVersion: '2025-04-01' }

/** Options of {@link removeLeftovers}. */
export interface LeftoverOptions {
  readonly subscriptionId: string
  /** azd's name of the environment: everything that it makes carries it as the tag `azd-env-name`. */
  readonly environmentName: string
}

/**
 * Removes the deployments that `azd down` leaves in the subscription's history, and names what else of the environment is there still.
 *
 * One sentence each; none where nothing is left.
 */
export async function removeLeftovers(
  connection: AzureConnection,
  { subscriptionId, environmentName }: LeftoverOptions,
): Promise<readonly string[]> {
  const base = `${connection.managementUrl}/subscriptions/${subscriptionId}`
  const isOurs = ({ tags, properties }: Item): boolean =>
    (tags ?? properties?.tags)?.['azd-env-name'] === environmentName
  for (const { id } of (
    await listAll(connection, `${base}${deployments.path}`, deployments.apiVersion)
  ).filter((item) => isOurs(item))) {
    await requestAzure(connection, `${connection.managementUrl}${id}?api-version=${deployments.apiVersion}`, {
      method: 'DELETE',
    })
  }
  const found = await Promise.all(
    lists.map(async ({ what, path, apiVersion }) =>
      (await listAll(connection, `${base}${path}`, apiVersion))
        .filter((item) => isOurs(item))
        .map(({ name }) => `The ${what} ${name} is there still.`),
    ),
  )
  return found.flat()
}

async function listAll(
  connection: AzureConnection,
  url: string,
  apiVersion: string,
): Promise<readonly Item[]> {
  const items: Item[] = []
  let next: string | undefined = `${url}?api-version=${apiVersion}`
  while (next) {
    let page: z.infer<typeof Listed>
    try {
      page = Listed.parse(await (await requestAzure(connection, next)).json())
    } catch (error) {
      // A provider that the subscription never used has nothing to list.
      if (error instanceof AzureError && (error.status === 404 || error.status === 409)) return items
      throw error
    }
    items.push(...page.value)
    next = page.nextLink ?? undefined
  }
  return items
}
