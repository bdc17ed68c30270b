import type { BlobServiceClient } from '@azure/storage-blob'
import type { QueueServiceClient, StoragePipelineOptions } from '@azure/storage-queue'
import type { TableClient } from '@azure/data-tables'
import type { CosmosClient } from '@azure/cosmos'
import type { TokenCredential } from '@azure/identity'

import type { AppSettings } from '../config/app-settings.ts'
import { HostError } from '../errors.ts'

const azuriteKey = 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=='
const developmentStorage = `DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;AccountKey=${azuriteKey};BlobEndpoint=http://127.0.0.1:10000/devstoreaccount1;QueueEndpoint=http://127.0.0.1:10001/devstoreaccount1;TableEndpoint=http://127.0.0.1:10002/devstoreaccount1;`

type StorageService = 'blob' | 'queue' | 'table'

/** What a connection can lead to. */
export type ConnectedService = StorageService | 'cosmos'

/** The text of a connection: setting `NAME` or `AzureWebJobsNAME`, else `NAME` of the connection strings. */
export function connectionText(settings: AppSettings, name: string): string | undefined {
  const text = settings[name] ?? settings[`AzureWebJobs${name}`] ?? settings[`ConnectionStrings:${name}`]
  return text === 'UseDevelopmentStorage=true' ? developmentStorage : text
}

/** The name under which a connection is set: its own, else with `AzureWebJobs` before it. */
export function connectionSetting(settings: AppSettings, name: string): string {
  const names = Object.keys(settings).filter((key) => settings[key] !== undefined)
  const isSet = (prefix: string): boolean =>
    names.some((key) => key === prefix || key.startsWith(`${prefix}__`))
  return !isSet(name) && isSet(`AzureWebJobs${name}`) ? `AzureWebJobs${name}` : name
}

/** A part of an identity-based connection: `NAME__part` or `AzureWebJobsNAME__part`. */
export function connectionPart(settings: AppSettings, name: string, part: string): string | undefined {
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

/** Ends what the clients of these settings do in the background; nothing may ask them for anything any more. */
export async function disconnect(settings: AppSettings): Promise<void> {
  const connecting = [...(clients.get(settings)?.values() ?? [])]
  clients.delete(settings)
  for (const client of await Promise.allSettled(connecting))
    if (client.status === 'fulfilled') (client.value as { dispose?: () => void }).dispose?.()
}

/** The blob service behind a connection setting, one client per connection. @throws HostError naming the settings that are missing */
export const connectBlobs = onePerConnection('blobs', async (settings, name): Promise<BlobServiceClient> => {
  const { BlobServiceClient } = await import('@azure/storage-blob')
  const text = connectionText(settings, name)
  if (text) return makeClient(name, () => BlobServiceClient.fromConnectionString(text))
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
  if (text) return makeClient(name, () => QueueServiceClient.fromConnectionString(text, options))
  return new QueueServiceClient(serviceUri(settings, name, 'queue'), await identity(settings, name), options)
}

/** A table behind a connection setting, one client each. @throws HostError naming the settings that are missing */
export async function connectTable(
  settings: AppSettings,
  name: string,
  tableName: string,
): Promise<TableClient> {
  return (await connectTables(settings, name))(tableName)
}

const connectTables = onePerConnection(
  'tables',
  async (settings, name): Promise<(tableName: string) => TableClient> => {
    const { TableClient } = await import('@azure/data-tables')
    const text = connectionText(settings, name)
    // Azurite is reached over plain HTTP.
    if (text)
      return (tableName) =>
        makeClient(name, () =>
          TableClient.fromConnectionString(text, tableName, { allowInsecureConnection: true }),
        )
    const [uri, credential] = [serviceUri(settings, name, 'table'), await identity(settings, name)]
    return (tableName) => new TableClient(uri, tableName, credential)
  },
)

/** Says at start what would fail at the first call: a connection that is not set, or no connection string. @throws HostError naming what to set */
export function checkConnection(settings: AppSettings, name: string, service: ConnectedService): void {
  const text = connectionText(settings, name)
  if (text === undefined || text === '') {
    if (service === 'cosmos') cosmosEndpoint(settings, name)
    else serviceUri(settings, name, service)
    checkIdentity(settings, name)
  } else if (!(service === 'cosmos' ? /AccountEndpoint=/i : /AccountName=|Endpoint=/i).test(text))
    throw new HostError(
      `The connection "${name}" is no connection string: it has no ${service === 'cosmos' ? 'AccountEndpoint=' : 'AccountName='}.`,
    )
}

/** Makes a client of a connection string. The error does not show it: it holds a key. @throws HostError naming the connection */
function makeClient<Client>(name: string, make: () => Client): Client {
  try {
    return make()
  } catch (error) {
    throw new HostError(
      `The connection "${name}" is no connection string that can be used: ${(error as Error).message}. Copy it anew.`,
    )
  }
}

/** Where a storage service of an identity-based connection is: its own setting, else the public endpoint of the account. */
function serviceUri(settings: AppSettings, name: string, service: StorageService): string {
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
  if (text) return makeClient(name, () => new CosmosClient(text))
  const endpoint = cosmosEndpoint(settings, name)
  return new CosmosClient({ endpoint, aadCredentials: await identity(settings, name) })
})

function cosmosEndpoint(settings: AppSettings, name: string): string {
  const endpoint = connectionPart(settings, name, 'accountEndpoint')
  if (endpoint) return endpoint
  throw new HostError(
    `The connection "${name}" is not set: set ${name} to a connection string, or ${name}__accountEndpoint.`,
  )
}

/**
 * Who the host is to a service that an identity-based connection leads to: with `NAME__credential` `managedidentity` the managed identity that
 * `NAME__clientId` names, or the system-assigned one; without it whoever runs the host. @throws HostError for a credential that is not built
 */
export async function identity(settings: AppSettings, name: string): Promise<TokenCredential> {
  checkIdentity(settings, name)
  const kind = connectionPart(settings, name, 'credential')
  const clientId = connectionPart(settings, name, 'clientId')
  const key = `${kind} ${clientId}`
  const credential = credentials.get(key) ?? makeCredential(kind, clientId)
  credentials.set(key, credential)
  return credential
}

/** One per identity, so that all who use it share its tokens. */
const credentials = new Map<string, Promise<TokenCredential>>()

async function makeCredential(
  kind: string | undefined,
  clientId: string | undefined,
): Promise<TokenCredential> {
  const { DefaultAzureCredential, ManagedIdentityCredential } = await import('@azure/identity')
  if (kind === undefined)
    return new DefaultAzureCredential(clientId ? { managedIdentityClientId: clientId } : {})
  return clientId ? new ManagedIdentityCredential({ clientId }) : new ManagedIdentityCredential()
}

/** Parts of a connection that name other identities than a managed one. */
const otherIdentities = [
  'clientSecret',
  'certificate',
  'tokenFilePath',
  'managedIdentityResourceId',
  'managedIdentityObjectId',
]

function checkIdentity(settings: AppSettings, name: string): void {
  const kind = connectionPart(settings, name, 'credential')
  if (kind !== undefined && kind.toLowerCase() !== 'managedidentity')
    throw new HostError(
      `The connection "${name}" has the credential "${kind}", which is not built here: set ${name}__credential to managedidentity, or leave it out to be whoever runs the host.`,
    )
  const other = otherIdentities.find((part) => connectionPart(settings, name, part) !== undefined)
  if (other)
    throw new HostError(
      `The connection "${name}" has ${name}__${other}, which is not built here: name a managed identity by ${name}__clientId, or leave it out to be whoever runs the host.`,
    )
}
