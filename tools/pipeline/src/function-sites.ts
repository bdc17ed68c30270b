import { z } from 'zod'

import type { AzureConnection } from './azure-request.ts'
import { requestAzure } from './azure-request.ts'

/** A function app in Azure. */
export interface FunctionSite {
  /** Which of our apps it runs: its tag `azd-service-name`. */
  readonly app: string
  /** Name of the site in Azure. */
  readonly name: string
  readonly url: string
  /** Where packages are published. */
  readonly deployUrl: string
}

const apiVersion = '2025-03-01'
const Sites = z.object({
  value: z.array(
    z.object({
      name: z.string(),
      tags: z.record(z.string(), z.string()).nullish(),
      properties: z.object({
        defaultHostName: z.string(),
        hostNameSslStates: z.array(z.object({ name: z.string(), hostType: z.string().nullish() })).nullish(),
      }),
    }),
  ),
  nextLink: z.string().nullish(),
})

/** The sites of a resource group that run an app of ours, by name of the app. Other sites are passed over. @throws Error when Azure refuses, or points elsewhere */
export async function listFunctionSites(
  connection: AzureConnection,
  { subscriptionId, resourceGroup }: { readonly subscriptionId: string; readonly resourceGroup: string },
): Promise<readonly FunctionSite[]> {
  const { protocol } = new URL(connection.managementUrl)
  const found: FunctionSite[] = []
  let url: string | undefined =
    `${connection.managementUrl}/subscriptions/${subscriptionId}/resourceGroups/${encodeURIComponent(resourceGroup)}` +
    `/providers/Microsoft.Web/sites?api-version=${apiVersion}`
  while (url) {
    const page: z.infer<typeof Sites> = Sites.parse(await (await requestAzure(connection, url)).json())
    for (const { name, tags, properties } of page.value) {
      const app = tags?.['azd-service-name']
      const deployHost = properties.hostNameSslStates?.find(({ hostType }) => hostType === 'Repository')?.name
      if (!app || !deployHost) continue
      found.push({
        app,
        name,
        url: `${protocol}//${properties.defaultHostName}`,
        deployUrl: `${protocol}//${deployHost}`,
      })
    }
    url = page.nextLink ?? undefined
    // The next page is asked for with the token, too.
    if (url && new URL(url).origin !== new URL(connection.managementUrl).origin)
      throw new Error(
        `The list of sites goes on at ${new URL(url).origin}, which is not ${connection.managementUrl}.`,
      )
  }
  return found.toSorted((a, b) => (a.app < b.app ? -1 : 1))
}
