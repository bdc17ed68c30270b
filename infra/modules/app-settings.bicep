import { appManifest, appSetting } from 'manifest.bicep'

@export()
@description('A setting of an app in Azure: its text, or where its value is looked up when it is deployed.')
type resolvedSetting = {
  @description('Name.')
  name: string
  @description('`text`: as it stands; else what is looked up. `address`: an address that only Azure knows, such as that of the console.')
  source: 'text' | 'address' | 'clientId' | 'insightsConnection' | 'insightsAuthentication' | 'schedulerConnection'
  @description('The text; empty where it is looked up.')
  value: string
}

@description('Where the resources of the product are.')
type endpoints = {
  @description('Blob service of the app\'s own host account.')
  hostBlobs: string
  @description('Queue service of the app\'s own host account.')
  hostQueues: string
  @description('Table service of the app\'s own host account.')
  hostTables: string
  @description('Blob service of the media account.')
  mediaBlobs: string
  @description('Queue service of the media account.')
  mediaQueues: string
  @description('Primary Cosmos account.')
  cosmos: string
  @description('Cosmos account of the replica.')
  cosmosReplica: string
}

@export()
@description('Address of a Cosmos account.')
func cosmosEndpoint(account string) string => 'https://${account}.documents.azure.com:443/'

func storageUri(account string, service string, suffix string) string => 'https://${account}.${service}.${suffix}/'

@export()
@description('Where the resources are, by the names of their accounts.')
func endpointsOf(hostStorage string, mediaStorage string, cosmos string, replica string, suffix string) endpoints => {
  hostBlobs: storageUri(hostStorage, 'blob', suffix)
  hostQueues: storageUri(hostStorage, 'queue', suffix)
  hostTables: storageUri(hostStorage, 'table', suffix)
  mediaBlobs: storageUri(mediaStorage, 'blob', suffix)
  mediaQueues: storageUri(mediaStorage, 'queue', suffix)
  cosmos: cosmosEndpoint(cosmos)
  cosmosReplica: cosmosEndpoint(replica)
}

@export()
@description('The app runs orchestrations.')
func hasOrchestrations(manifest appManifest) bool =>
  !empty(filter(manifest.functions, function => contains(['orchestration', 'activity', 'entity'], function.trigger)))

@export()
@description('A setting of the app is a secret, which a vault holds.')
func hasSecrets(manifest appManifest) bool =>
  !empty(filter(manifest.settings, setting => setting.kind == 'value' && setting.isSecret))

func text(name string, value string) resolvedSetting => { name: name, source: 'text', value: value }

func connection(name string, uris resolvedSetting[]) resolvedSetting[] =>
  concat(uris, [
    text('${name}__credential', 'managedidentity')
    { name: '${name}__clientId', source: 'clientId', value: '' }
  ])

func storageConnection(name string, blobs string, queues string) resolvedSetting[] =>
  connection(name, [text('${name}__blobServiceUri', blobs), text('${name}__queueServiceUri', queues)])

func cosmosConnection(name string, endpoint string) resolvedSetting[] =>
  connection(name, [text('${name}__accountEndpoint', endpoint)])

func declaredConnection(setting appSetting, to endpoints) resolvedSetting[] =>
  setting.?account == 'media-storage'
    ? storageConnection(setting.name, to.mediaBlobs, to.mediaQueues)
    : cosmosConnection(setting.name, setting.?account == 'cosmos' ? to.cosmos : to.cosmosReplica)

func declaredValue(name string, value string, isAddress bool) resolvedSetting[] =>
  isAddress ? [{ name: name, source: 'address', value: '' }] : empty(value) ? [] : [text(name, value)]

@description('Settings of the host itself. Azure Storage keeps the state of orchestrations in queues and tables.')
func hostSettings(to endpoints, durableState 'none' | 'storage' | 'dts') resolvedSetting[] =>
  concat(
    connection(
      'AzureWebJobsStorage',
      concat(
        [text('AzureWebJobsStorage__blobServiceUri', to.hostBlobs)],
        durableState == 'storage'
          ? [
              text('AzureWebJobsStorage__queueServiceUri', to.hostQueues)
              text('AzureWebJobsStorage__tableServiceUri', to.hostTables)
            ]
          : []
      )
    ),
    durableState == 'dts'
      ? [{ name: 'DURABLE_TASK_SCHEDULER_CONNECTION_STRING', source: 'schedulerConnection', value: '' }]
      : [],
    [
      { name: 'APPLICATIONINSIGHTS_CONNECTION_STRING', source: 'insightsConnection', value: '' }
      { name: 'APPLICATIONINSIGHTS_AUTHENTICATION_STRING', source: 'insightsAuthentication', value: '' }
      { name: 'AZURE_CLIENT_ID', source: 'clientId', value: '' }
    ]
  )

@export()
@description('Settings of an app: those of the host, then what its config.ts declares, in that order: given values win over addresses, these over defaults, and one that has none is left out.')
func appSettings(
  manifest appManifest,
  to endpoints,
  given { *: string },
  addresses string[],
  durableState 'none' | 'storage' | 'dts'
) resolvedSetting[] =>
  concat(
    hostSettings(to, durableState),
    flatten(map(
      manifest.settings,
      setting =>
        setting.kind == 'connection'
          ? declaredConnection(setting, to)
          : declaredValue(
              setting.name,
              given[?setting.name] ?? setting.?default ?? '',
              contains(addresses, setting.name) && !contains(given, setting.name)
            )
    ))
  )
