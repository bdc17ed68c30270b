import type { AppManifest } from './app-manifests.ts'

/** Azurite's account: its name and key are published, the same everywhere, and open nothing but a laptop. */
const storageAccount = 'devstoreaccount1'
const storageKey = 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=='
/** The key that Cosmos DB emulators accept, published likewise. */
const cosmosKey = 'C2y6yDjf5/R+ob0N8A7Cgv30VRDJIWEHLM+4QDU5DE2nQ9nDuVTqobD4b8mGGyPMbIZnqyMsEcaGQy67XIw/Jw=='

/** Where everything is reached, with the credentials that go with it. */
export interface LocalSettings {
  readonly storage: string
  /** Where the Functions host keeps its own: an account of each app in Azure, the same one here. */
  readonly hostStorage: string
  readonly cosmos: string
  readonly replica: string
  /** Every setting that an app may declare, by name. */
  readonly values: Readonly<Record<string, string>>
}

/**
 * The settings of the stack on these ports; `ZOETROPE_...` variables of the caller stand above them. The host's own storage is reached at the
 * same ports, where `host-blobs`, `host-queues` and `host-tables` name no others.
 */
export function makeLocalSettings(
  ports: ReadonlyMap<string, number>,
  environment: Readonly<Record<string, string | undefined>>,
): LocalSettings {
  const portOf = (name: string): number | undefined => ports.get(name) ?? ports.get(name.replace('host-', ''))
  const url = (name: string): string => `http://127.0.0.1:${portOf(name)}`
  const storageOf = (endpoints: Readonly<Record<string, string>>): string =>
    [
      'DefaultEndpointsProtocol=http',
      `AccountName=${storageAccount}`,
      `AccountKey=${storageKey}`,
      ...Object.entries(endpoints).map(([name, port]) => `${name}=${url(port)}/${storageAccount}`),
    ].join(';')
  const cosmosOf = (name: string): string => `AccountEndpoint=${url(name)}/;AccountKey=${cosmosKey};`
  const own = Object.entries(environment).filter(
    (entry): entry is [string, string] => entry[0].startsWith('ZOETROPE_') && entry[1] !== undefined,
  )
  const storage = storageOf({ BlobEndpoint: 'blobs', QueueEndpoint: 'queues' })
  const cosmos = cosmosOf('cosmos')
  const replica = cosmosOf('replica')
  return {
    storage,
    hostStorage: storageOf({
      BlobEndpoint: 'host-blobs',
      QueueEndpoint: 'host-queues',
      TableEndpoint: 'host-tables',
    }),
    cosmos,
    replica,
    values: {
      ZOETROPE_STORAGE: storage,
      ZOETROPE_COSMOS: cosmos,
      ZOETROPE_COSMOS_REPLICA: replica,
      ZOETROPE_API_URL: url('api'),
      ZOETROPE_DELIVERY_URL: url('delivery'),
      ZOETROPE_CORS_ORIGINS: `${url('console')},http://localhost:${ports.get('console')}`,
      ...Object.fromEntries(own),
    },
  }
}

/**
 * The settings of one app: those it declares, and what every function app has. Defaults are written out, as they are in Azure, because the host
 * needs them too (a timer's `%SCHEDULE%`).
 */
export function settingsOfApp(app: AppManifest, settings: LocalSettings): Record<string, string> {
  // Defaults are handed out too, because bindings name settings (`%NAME%`) that the app's code never reads.
  const declared = app.settings.flatMap(({ name, default: defaultText }) => {
    const value = settings.values[name] ?? defaultText
    return value === undefined ? [] : [[name, value] as const]
  })
  return {
    AzureWebJobsStorage: settings.hostStorage,
    FUNCTIONS_WORKER_RUNTIME: 'node',
    ...Object.fromEntries(declared),
  }
}
