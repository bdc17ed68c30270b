import type { QueueServiceClient } from '@azure/storage-queue'
import type { CosmosClient } from '@azure/cosmos'
import type { TokenCredential } from '@azure/identity'

import type { AppSettings } from './app-config.ts'
import { HostError } from './errors.ts'

const azuriteKey = 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=='
const developmentStorage = `DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;AccountKey=${azuriteKey};BlobEndpoint=http://127.0.0.1:10000/devstoreaccount1;QueueEndpoint=http://127.0.0.1:10001/devstoreaccount1;TableEndpoint=http://127.0.0.1:10002/devstoreaccount1;`

/** The text of a connection: setting `NAME` or `AzureWebJobsNAME`. */
export function connectionText(settings: AppSettings, name: string): string | undefined {
  const text = settings[name] ?? settings[`AzureWebJobs${name}`]
  return text === 'UseDevelopmentStorage=true' ? developmentStorage : text
}

/** A part of an identity-based connection: `NAME__part` or `AzureWebJobsNAME__part`. */
function connectionPart(settings: AppSettings, name: string, part: string): string | undefined {
  return settings[`${name}__${part}`] ?? settings[`AzureWebJobs${name}__${part}`]
}

/** The queue service behind a connection setting. @throws HostError naming the settings that are missing */
export async function connectQueues(settings: AppSettings, name: string): Promise<QueueServiceClient> {
  const { QueueServiceClient } = await import('@azure/storage-queue')
  const text = connectionText(settings, name)
  if (text) return QueueServiceClient.fromConnectionString(text)
  const uri = connectionPart(settings, name, 'queueServiceUri')
  if (!uri)
    throw new HostError(
      `The connection "${name}" is not set: set ${name} to a connection string, or ${name}__queueServiceUri.`,
    )
  return new QueueServiceClient(uri, await identity(settings, name))
}

/** The Cosmos account behind a connection setting. @throws HostError naming the settings that are missing */
export async function connectCosmos(settings: AppSettings, name: string): Promise<CosmosClient> {
  const { CosmosClient } = await import('@azure/cosmos')
  const text = connectionText(settings, name)
  if (text) return new CosmosClient(text)
  const endpoint = connectionPart(settings, name, 'accountEndpoint')
  if (!endpoint)
    throw new HostError(
      `The connection "${name}" is not set: set ${name} to a connection string, or ${name}__accountEndpoint.`,
    )
  return new CosmosClient({ endpoint, aadCredentials: await identity(settings, name) })
}

async function identity(settings: AppSettings, name: string): Promise<TokenCredential> {
  const { DefaultAzureCredential } = await import('@azure/identity')
  const clientId = connectionPart(settings, name, 'clientId')
  return new DefaultAzureCredential(clientId ? { managedIdentityClientId: clientId } : {})
}
