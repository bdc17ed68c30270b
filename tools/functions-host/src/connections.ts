import type { BlobServiceClient } from '@azure/storage-blob'
import type { QueueServiceClient, StoragePipelineOptions } from '@azure/storage-queue'
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

/** Clients of one set of settings, by service and connection: one each, so that all share its pool of sockets. */
const clients = new WeakMap<AppSettings, Map<string, Promise<unknown>>>()

function onePerConnection<Client>(
  service: string,
  connect: (settings: AppSettings, name: string) => Promise<Client>,
): (settings: AppSettings, name: string) => Promise<Client> {
  return (settings, name) => {
    const known = clients.get(settings) ?? new Map<string, Promise<unknown>>()
    clients.set(settings, known)
    const key = `${service} ${name}`
    const client = known.get(key) ?? connect(settings, name)
    known.set(key, client)
    return client as Promise<Client>
  }
}

/** The blob service behind a connection setting, one client per connection. @throws HostError naming the settings that are missing */
export const connectBlobs = onePerConnection('blobs', async (settings, name): Promise<BlobServiceClient> => {
  const { BlobServiceClient } = await import('@azure/storage-blob')
  const text = connectionText(settings, name)
  if (text) return BlobServiceClient.fromConnectionString(text)
  return new BlobServiceClient(serviceUri(settings, name, 'blob'), await identity(settings, name))
})

/** The queue service behind a connection setting, one client per connection. @throws HostError naming the settings that are missing */
export const connectQueues = onePerConnection('queues', (settings, name) => connectToQueues(settings, name))

/** The same for polling: a request that fails is not sent again, for the next poll is. */
export const connectQueueReader = onePerConnection('queue polls', (settings, name) =>
  connectToQueues(settings, name, { retryOptions: { maxTries: 1 } }),
)

async function connectToQueues(
  settings: AppSettings,
  name: string,
  options?: StoragePipelineOptions,
): Promise<QueueServiceClient> {
  const { QueueServiceClient } = await import('@azure/storage-queue')
  const text = connectionText(settings, name)
  if (text) return QueueServiceClient.fromConnectionString(text, options)
  return new QueueServiceClient(serviceUri(settings, name, 'queue'), await identity(settings, name), options)
}

/** Where a storage service of an identity-based connection is: its own setting, else the public endpoint of the account. */
function serviceUri(settings: AppSettings, name: string, service: 'blob' | 'queue'): string {
  const uri = connectionPart(settings, name, `${service}ServiceUri`)
  const account = connectionPart(settings, name, 'accountName')
  if (uri) return uri
  if (account) return `https://${account}.${service}.core.windows.net`
  throw new HostError(
    `The connection "${name}" is not set: set ${name} to a connection string, or ${name}__${service}ServiceUri.`,
  )
}

/** The Cosmos account behind a connection setting, one client per connection. @throws HostError naming the settings that are missing */
export const connectCosmos = onePerConnection('cosmos', async (settings, name): Promise<CosmosClient> => {
  const { CosmosClient } = await import('@azure/cosmos')
  const text = connectionText(settings, name)
  if (text) return new CosmosClient(text)
  const endpoint = connectionPart(settings, name, 'accountEndpoint')
  if (!endpoint)
    throw new HostError(
      `The connection "${name}" is not set: set ${name} to a connection string, or ${name}__accountEndpoint.`,
    )
  return new CosmosClient({ endpoint, aadCredentials: await identity(settings, name) })
})

async function identity(settings: AppSettings, name: string): Promise<TokenCredential> {
  const { DefaultAzureCredential } = await import('@azure/identity')
  const clientId = connectionPart(settings, name, 'clientId')
  return new DefaultAzureCredential(clientId ? { managedIdentityClientId: clientId } : {})
}
