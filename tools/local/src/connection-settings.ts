import type { LocalIdentity } from './identity/local-identity.ts'
import { hostAccountOf } from './identity/local-identity.ts'

/** An account that a connection setting leads to: the product's ones, or what the host of an app has for itself. */
export type ConnectedAccount = 'media-storage' | 'cosmos' | 'cosmos-replica' | 'host-storage'

/** The settings of one connection of one app. */
export type ConnectionSettings = (
  name: string,
  account: ConnectedAccount,
  app: string,
) => Readonly<Record<string, string>>

/** Connection strings by account. */
export type ConnectionStrings = Readonly<Record<ConnectedAccount, string>>

/** The ports of the stack as one app sees them; the host's own storage is at the same ones, where `host-blobs`, ... name no others. */
type PortsOf = (app: string) => ReadonlyMap<string, number>

/** Azurite's account: its name and key are published, the same everywhere, and open nothing but a laptop. */
export const storageAccount = 'devstoreaccount1'
const storageKey = 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=='
/** The key that Cosmos DB emulators accept, published likewise. */
const cosmosKey = 'C2y6yDjf5/R+ob0N8A7Cgv30VRDJIWEHLM+4QDU5DE2nQ9nDuVTqobD4b8mGGyPMbIZnqyMsEcaGQy67XIw/Jw=='

/**
 * The connection strings of the stack on these ports, with the published keys. By identity they have keys that the stack alone knows: it does
 * with them what Resource Manager and Event Grid do in Azure.
 */
export function makeConnectionStrings(
  ports: ReadonlyMap<string, number>,
  identity?: Pick<LocalIdentity, 'storageKey' | 'cosmosKey'>,
): ConnectionStrings {
  const scheme = identity ? 'https' : 'http'
  const storageOf = (endpoints: Readonly<Record<string, string>>): string =>
    [
      `DefaultEndpointsProtocol=${scheme}`,
      `AccountName=${storageAccount}`,
      `AccountKey=${identity?.storageKey ?? storageKey}`,
      ...Object.entries(endpoints).map(
        ([name, port]) => `${name}=${scheme}://127.0.0.1:${portOf(ports, port)}/${storageAccount}`,
      ),
    ].join(';')
  const cosmosOf = (name: string): string =>
    `AccountEndpoint=http://127.0.0.1:${ports.get(name)}/;AccountKey=${identity?.cosmosKey ?? cosmosKey};`
  return {
    'media-storage': storageOf({ BlobEndpoint: 'blobs', QueueEndpoint: 'queues' }),
    'host-storage': storageOf({
      BlobEndpoint: 'host-blobs',
      QueueEndpoint: 'host-queues',
      TableEndpoint: 'host-tables',
    }),
    cosmos: cosmosOf('cosmos'),
    'cosmos-replica': cosmosOf('replica'),
  }
}

/** Connection strings with the published keys: the laptop's own way. */
export function connectByKeys(portsOf: PortsOf): ConnectionSettings {
  return (name, account, app) => ({ [name]: makeConnectionStrings(portsOf(app))[account] })
}

/** Endpoints and the app's identity, without a key: the settings of Azure. Each host has a storage account of its own, as there. */
export function connectByIdentity(
  ports: ReadonlyMap<string, number>,
  clientIdOf: (app: string) => string,
): ConnectionSettings {
  const url = (port: string, path = ''): string => `https://127.0.0.1:${ports.get(port)}/${path}`
  const endpointsOf = (account: ConnectedAccount, app: string): Readonly<Record<string, string>> => {
    const storage = account === 'host-storage' ? hostAccountOf(app) : storageAccount
    const services = { blobServiceUri: url('blobs', storage), queueServiceUri: url('queues', storage) }
    return {
      'media-storage': services,
      'host-storage': { ...services, tableServiceUri: url('tables', storage) },
      cosmos: { accountEndpoint: url('cosmosHttps') },
      'cosmos-replica': { accountEndpoint: url('replicaHttps') },
    }[account]
  }
  return (name, account, app) => {
    const identity = { credential: 'managedidentity', clientId: clientIdOf(app) }
    return Object.fromEntries(
      Object.entries({ ...endpointsOf(account, app), ...identity }).map(([part, value]) => [
        `${name}__${part}`,
        value,
      ]),
    )
  }
}

function portOf(ports: ReadonlyMap<string, number>, name: string): number | undefined {
  return ports.get(name) ?? ports.get(name.replace('host-', ''))
}
