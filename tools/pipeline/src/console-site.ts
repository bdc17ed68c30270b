import { z } from 'zod'

import type { AzureConnection } from './azure-request.ts'
import { requestAzure } from './azure-request.ts'

const apiVersion = '2025-03-01'
const Sites = z.object({
  value: z.array(z.object({ id: z.string(), tags: z.record(z.string(), z.string()).nullish() })),
})
const Secrets = z.object({ properties: z.object({ apiKey: z.string().min(1) }) })

/**
 * The token with which the console's site in a resource group is deployed; undefined where there is no such site.
 *
 * Static Web Apps take no other proof. It is asked for at each deployment, and kept nowhere.
 */
export async function readConsoleToken(
  connection: AzureConnection,
  { subscriptionId, resourceGroup }: { readonly subscriptionId: string; readonly resourceGroup: string },
): Promise<string | undefined> {
  const base = `${connection.managementUrl}/subscriptions/${subscriptionId}/resourceGroups/${encodeURIComponent(resourceGroup)}`
  const listed = await requestAzure(
    connection,
    `${base}/providers/Microsoft.Web/staticSites?api-version=${apiVersion}`,
  )
  const site = Sites.parse(await listed.json()).value.find(
    ({ tags }) => tags?.['azd-service-name'] === 'console',
  )
  if (!site) return undefined
  const secrets = await requestAzure(
    connection,
    `${connection.managementUrl}${site.id}/listSecrets?api-version=${apiVersion}`,
    { method: 'POST' },
  )
  return Secrets.parse(await secrets.json()).properties.apiKey
}
