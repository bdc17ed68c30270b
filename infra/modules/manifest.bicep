@export()
@description('A setting that an app declares in its config.ts.')
type appSetting = {
  @description('Name of the environment variable; the prefix of several, where it is a connection.')
  name: string
  @description('A plain value, or a connection to a resource.')
  kind: 'value' | 'connection'
  @description('The account that a connection leads to.')
  account: ('media-storage' | 'cosmos' | 'cosmos-replica')?
  @description('What it is for, one sentence.')
  help: string
  @description('Never to be printed.')
  isSecret: bool
  @description('Value where nothing else is given; empty for none.')
  default: string?
}

@export()
@description('A function of an app, as its trigger is registered.')
type appFunction = {
  @description('Name, unique in its app.')
  name: string
  @description('What starts it.')
  trigger: 'http' | 'queue' | 'timer' | 'changeFeed' | 'orchestration' | 'activity' | 'entity'
  @description('Queue that it listens to.')
  queueName: string?
  @description('Setting of the connection that its trigger uses.')
  connection: string?
  @description('Cosmos container whose changes it is told of.')
  containerName: string?
  @description('Path of its address.')
  route: string?
  @description('HTTP methods.')
  methods: string[]?
  @description('Who may call it, in the words of the Functions host.')
  authLevel: string?
  @description('When it runs: NCRONTAB in UTC, or the name of a setting between percent signs.')
  schedule: string?
}

@export()
@description('What an app needs, from its config.ts and host.json (apps/<app>/manifest.json).')
type appManifest = {
  @description('Name of the app: its folder.')
  name: string
  @description('Settings, in the order of config.ts.')
  settings: appSetting[]
  @description('Queues that it listens to (poison queues named) and that it sends to.')
  queues: { consumes: string[], sends: string[] }
  @description('Blob containers; `signs`: it makes SAS for their blobs.')
  blobContainers: { reads: string[], writes: string[], signs: string[] }
  @description('Cosmos containers; `replicates`: it writes them in the replica account.')
  cosmosContainers: { reads: string[], writes: string[], replicates: string[] }
  @description('Functions.')
  functions: appFunction[]
  @description('Names of the metrics that it emits.')
  metrics: string[]?
}

@export()
@description('A Cosmos container, from libs/contracts.')
type cosmosContainer = {
  @description('Name.')
  name: string
  @description('Partition key paths, from the first level down.')
  partitionKeyPaths: string[]
  @description('TTL of an item without one of its own, seconds; -1: never.')
  defaultTtlSeconds: int
  @description('Kept in the replica account too.')
  isReplicated: bool
  @description('Indexing policy, in the words of the service.')
  indexingPolicy: indexingPolicy
}

@export()
@description('An indexing policy of Cosmos DB.')
type indexingPolicy = {
  @description('Indexes are kept with each write.')
  indexingMode: 'consistent'
  @description('New paths are indexed by themselves.')
  automatic: bool
  @description('Paths that are indexed.')
  includedPaths: { path: string }[]
  @description('Paths that are not.')
  excludedPaths: { path: string }[]
  @description('Orders over several paths.')
  compositeIndexes: { path: string, order: 'ascending' | 'descending' }[][]
}

@export()
@description('An event of the storage account that goes to a queue.')
type storageEvent = {
  @description('Name of the subscription.')
  name: string
  @description('Type of the event.')
  eventType: string
  @description('Blob container that it is about.')
  container: string
  @description('Queue that it goes to.')
  queue: string
  @description('Calls of the storage API that commit a whole blob; events of others are not delivered.')
  apis: string[]
}

@export()
@description('A metric that apps emit.')
type metric = {
  @description('Name.')
  name: string
  @description('Events that are counted, or a level that is measured.')
  kind: 'count' | 'gauge'
  @description('Unit of its values.')
  unit: string
  @description('What it is for, one sentence.')
  help: string
  @description('Names of its dimensions.')
  dimensions: string[]
}

@export()
@description('What the product needs, from libs/contracts (apps/resources.json).')
type productResources = {
  @description('Name of the Cosmos database, in both accounts.')
  cosmosDatabase: string
  @description('Cosmos containers.')
  cosmosContainers: cosmosContainer[]
  @description('Blob containers of the media account.')
  blobContainers: string[]
  @description('Queues of the media account, each with its poison queue.')
  queues: string[]
  @description('Events of the media account.')
  storageEvents: storageEvent[]
  @description('Metrics that the apps emit.')
  metrics: metric[]?
}
