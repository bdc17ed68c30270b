import { appManifest, productResources } from 'modules/manifest.bicep'
import { cosmosCapacity as capacity } from 'modules/cosmos.bicep'
import { appSize, sizeOf } from 'modules/app-sizes.bicep'
import { appSettings, cosmosEndpoint, endpointsOf, hasOrchestrations } from 'modules/app-settings.bicep'
import { edgeRoutes } from 'modules/front-door-routes.bicep'
import { privateServices } from 'modules/private-endpoints.bicep'
import { cosmosAccountName, functionAppName, functionAppUrl, identityName, storageAccountName } from 'modules/names.bicep'

targetScope = 'subscription'

@description('Name of the environment; the resource group is `rg-` and it.')
@minLength(1)
@maxLength(40)
param environmentName string

@description('Region of all but the replica.')
@metadata({ azd: { type: 'location' } })
param location string

@description('Region of the replica of the database; another than `location`.')
param replicaLocation string

@description('Tags of every resource.')
param tags { *: string } = {}

@description('Object id of who deploys; given the right to make the first tenant and key. Empty: nobody is.')
param deployerPrincipalId string = deployer().objectId

@description('Where orchestrations keep their state: Azure Storage, or a Durable Task Scheduler. The zip of the app has the host.json that goes with it.')
param durableBackend 'storage' | 'dts' = 'storage'

@description('Databases, queues and the apps\' own storage are reached by way of a virtual network only.')
param isPrivateNetwork bool = false

@description('Storage and instances in several zones of the region.')
param isZoneRedundant bool = false

@description('Capacity of the primary database.')
param cosmosCapacity capacity = { kind: 'serverless' }

@description('Capacity of the replica.')
param replicaCapacity capacity = { kind: 'serverless' }

@description('Sizes of apps, by name; others have their usual one.')
param appSizes { *: appSize } = {}

@description('Values of settings that differ from the default, by app.')
param appValues { *: { *: string } } = {}

@description('Origins, besides the console, whose pages may call the API and upload.')
param corsOrigins string[] = []

@description('Public address of the media, where it is neither that of Front Door nor of the delivery app.')
param deliveryUrl string = ''

@description('Front Door before API, media and console; `premium`: with firewall rules that Microsoft keeps up to date.')
param frontDoor 'none' | 'standard' | 'premium' = 'none'

@description('Region of what stands behind the console.')
param consoleLocation 'westus2' | 'centralus' | 'eastus2' | 'westeurope' | 'eastasia' = 'westeurope'

@description('Plan of the console: `Standard` has a service level agreement.')
param consolePlan 'Free' | 'Standard' = 'Free'

@description('Addresses of the virtual network (CIDR, /22 or larger); those of no network that it is to be joined with.')
param networkAddressPrefix string = '10.40.0.0/22'

@description('Addresses (CIDR) that may reach the media account from outside; empty: all, with a SAS.')
param uploadAddresses string[] = []

@description('Who is told of alerts and of the budget.')
param alertEmails string[] = []

@description('Days for which logs are kept.')
param logRetentionDays int = 30

@description('Most that is logged in a day, GB; -1: no limit. Alerts look at logs: without logs there are none.')
param logLimitGb int = -1

@description('Every read and write of data is logged too.')
param isFullAudit bool = false

@description('What a month may cost, in the currency of the subscription; 0: no budget.')
@minValue(0)
param budgetAmount int = 0

@description('First day of the month in which the budget began (yyyy-MM-01). Azure takes no month before the current one at first, and never another one after: give what the first deployment had.')
param budgetStartDate string = utcNow('yyyy-MM-01')

@description('Days for which deleted and replaced blobs can be brought back.')
param recoveryDays int = 7

@description('Days after which renditions move to the cool tier; 0: never.')
param coolRenditionsAfterDays int = 0

var apps appManifest[] = loadJsonContent('../apps/manifests.json')
var resources productResources = loadJsonContent('../apps/resources.json')

var token = toLower(uniqueString(subscription().id, environmentName, location))
var allTags = union(tags, { 'azd-env-name': environmentName, product: 'zoetrope' })
var suffix = environment().suffixes.storage
var durableApps = filter(apps, app => hasOrchestrations(app))
// A vault is only there for secrets of others.
var secretApps = filter(
  apps,
  app => !empty(filter(app.settings, setting => setting.kind == 'value' && setting.isSecret))
)
var replicated = filter(resources.cosmosContainers, container => container.isReplicated)

var names = {
  resourceGroup: 'rg-${environmentName}'
  mediaStorage: storageAccountName('media', token)
  hostStorage: map(apps, app => storageAccountName(app.name, token))
  cosmos: cosmosAccountName('primary', token)
  replica: cosmosAccountName('replica', token)
  scheduler: 'dts-${token}'
  insights: 'appi-${token}'
  workspace: 'log-${token}'
  topic: 'evgt-media-${token}'
  vault: 'kv-${token}'
  network: 'vnet-${token}'
  frontDoor: 'afd-${token}'
  endpoint: 'zoetrope-${token}'
}

resource group 'Microsoft.Resources/resourceGroups@2025-04-01' = {
  name: names.resourceGroup
  location: location
  tags: allTags
}

// Observability.
module monitoring 'modules/monitoring.bicep' = {
  scope: group
  params: {
    workspaceName: names.workspace
    insightsName: names.insights
    location: location
    tags: allTags
    retentionDays: logRetentionDays
    dailyLimitGb: logLimitGb
  }
}

// Edge.
module console 'modules/console-site.bicep' = {
  scope: group
  params: { name: 'stapp-${token}', location: consoleLocation, tags: allTags, plan: consolePlan }
}

module edge 'modules/front-door.bicep' = if (frontDoor != 'none') {
  scope: group
  params: {
    name: names.frontDoor
    endpointName: names.endpoint
    tags: allTags
    hasManagedRules: frontDoor == 'premium'
  }
}

module edgePaths 'modules/front-door-routes.bicep' = if (frontDoor != 'none') {
  scope: group
  dependsOn: [edge]
  params: {
    profileName: names.frontDoor
    endpointName: names.endpoint
    routes: edgeRoutes(
      functionAppUrl('api', token),
      functionAppUrl('delivery', token),
      'https://${console.outputs.hostName}'
    )
  }
}

var edgeUrl = frontDoor == 'none' ? '' : 'https://${edge!.outputs.hostName}'
var apiUrl = frontDoor == 'none' ? functionAppUrl('api', token) : edgeUrl
var mediaUrl = !empty(deliveryUrl) ? deliveryUrl : frontDoor == 'none' ? functionAppUrl('delivery', token) : edgeUrl
var consoleUrl = frontDoor == 'none' ? 'https://${console.outputs.hostName}' : edgeUrl
var allOrigins = union([consoleUrl], corsOrigins)

module identities 'modules/app-identity.bicep' = [
  for app in apps: {
    scope: group
    params: { app: app.name, location: location, tags: allTags, token: token }
  }
]

module hostStorage 'modules/host-storage.bicep' = [
  for (app, index) in apps: {
    scope: group
    params: {
      name: names.hostStorage[index]
      location: location
      tags: allTags
      isZoneRedundant: isZoneRedundant
      isPrivateNetwork: isPrivateNetwork
    }
  }
]

module mediaStorage 'modules/media-storage.bicep' = {
  scope: group
  params: {
    name: names.mediaStorage
    location: location
    tags: allTags
    blobContainers: resources.blobContainers
    queues: resources.queues
    isZoneRedundant: isZoneRedundant
    uploadAddresses: uploadAddresses
    corsOrigins: allOrigins
    recoveryDays: recoveryDays
    coolRenditionsAfterDays: coolRenditionsAfterDays
  }
}

module mediaEvents 'modules/media-events.bicep' = {
  scope: group
  dependsOn: [mediaStorage]
  params: {
    name: names.topic
    location: location
    tags: allTags
    storageAccountName: names.mediaStorage
    events: resources.storageEvents
  }
}

module cosmos 'modules/cosmos.bicep' = {
  scope: group
  params: {
    name: names.cosmos
    location: location
    tags: allTags
    capacity: cosmosCapacity
    databaseName: resources.cosmosDatabase
    containers: resources.cosmosContainers
    isPrivateNetwork: isPrivateNetwork
  }
}

module replica 'modules/cosmos.bicep' = {
  scope: group
  params: {
    name: names.replica
    location: replicaLocation
    tags: allTags
    capacity: replicaCapacity
    databaseName: resources.cosmosDatabase
    containers: replicated
    isPrivateNetwork: isPrivateNetwork
  }
}

module durableTask 'modules/durable-task.bicep' = if (durableBackend == 'dts') {
  scope: group
  dependsOn: [identities]
  params: {
    name: names.scheduler
    location: location
    tags: allTags
    apps: map(durableApps, app => app.name)
    token: token
  }
}

module network 'modules/private-network.bicep' = if (isPrivateNetwork) {
  scope: group
  dependsOn: [hostStorage, mediaStorage, cosmos, replica, durableTask, vault]
  params: {
    name: names.network
    location: location
    tags: allTags
    addressPrefix: networkAddressPrefix
    services: privateServices(
      names,
      map(
        filter(apps, app => durableBackend == 'storage' && hasOrchestrations(app)),
        app => storageAccountName(app.name, token)
      ),
      durableBackend == 'dts',
      !empty(secretApps)
    )
  }
}

module vault 'modules/key-vault.bicep' = if (!empty(secretApps)) {
  scope: group
  dependsOn: [identities]
  params: {
    name: names.vault
    location: location
    tags: allTags
    apps: map(secretApps, app => app.name)
    token: token
    isPrivateNetwork: isPrivateNetwork
  }
}

module roles 'modules/app-roles.bicep' = [
  for (app, index) in apps: {
    scope: group
    dependsOn: [identities[index], hostStorage[index], mediaStorage, monitoring]
    params: {
      manifest: app
      token: token
      hostStorageName: names.hostStorage[index]
      mediaStorageName: names.mediaStorage
      insightsName: names.insights
      hasDurableState: durableBackend == 'storage' && hasOrchestrations(app)
    }
  }
]

@batchSize(1) // the account takes one change at a time
module cosmosRoles 'modules/cosmos-roles.bicep' = [
  for (app, index) in apps: if (!empty(app.cosmosContainers.reads) || !empty(app.cosmosContainers.writes)) {
    scope: group
    dependsOn: [identities[index], cosmos]
    params: {
      accountName: names.cosmos
      databaseName: resources.cosmosDatabase
      app: app.name
      token: token
      reads: filter(app.cosmosContainers.reads, container => !contains(app.cosmosContainers.writes, container))
      writes: app.cosmosContainers.writes
    }
  }
]

@batchSize(1)
module replicaRoles 'modules/cosmos-roles.bicep' = [
  for (app, index) in apps: if (!empty(app.cosmosContainers.replicates)) {
    scope: group
    dependsOn: [identities[index], replica]
    params: {
      accountName: names.replica
      databaseName: resources.cosmosDatabase
      app: app.name
      token: token
      reads: []
      writes: app.cosmosContainers.replicates
    }
  }
]

module deployerRoles 'modules/deployer-roles.bicep' = if (!empty(deployerPrincipalId)) {
  scope: group
  dependsOn: [cosmosRoles]
  params: {
    accountName: names.cosmos
    databaseName: resources.cosmosDatabase
    principalId: deployerPrincipalId
  }
}

module functionApps 'modules/function-app.bicep' = [
  for (app, index) in apps: {
    scope: group
    dependsOn: [roles[index], cosmosRoles[index], replicaRoles[index], durableTask]
    params: {
      name: functionAppName(app.name, token)
      location: location
      tags: allTags
      serviceName: app.name
      identityName: identityName(app.name, token)
      hostStorageName: names.hostStorage[index]
      insightsName: names.insights
      schedulerName: durableBackend == 'dts' && hasOrchestrations(app) ? names.scheduler : ''
      settings: appSettings(
        app,
        endpointsOf(names.hostStorage[index], names.mediaStorage, names.cosmos, names.replica, suffix),
        appValues[?app.name] ?? {},
        hasOrchestrations(app) ? durableBackend : 'none'
      )
      size: sizeOf(app.name, appSizes)
      isZoneRedundant: isZoneRedundant
      subnetId: isPrivateNetwork ? network!.outputs.appsSubnetId : ''
      deliveryUrl: mediaUrl
      corsOrigins: allOrigins
      frontDoorId: frontDoor != 'none' && contains(['api', 'delivery'], app.name) ? edge!.outputs.profileId : ''
    }
  }
]

module observability 'modules/observability.bicep' = {
  scope: group
  dependsOn: [monitoring, mediaStorage, mediaEvents, cosmos, replica, functionApps]
  params: {
    workspaceName: names.workspace
    location: location
    tags: allTags
    mediaStorageName: names.mediaStorage
    cosmosAccountNames: [names.cosmos, names.replica]
    topicName: names.topic
    functionAppNames: map(apps, app => functionAppName(app.name, token))
    emails: alertEmails
    isFullAudit: isFullAudit
    budgetAmount: budgetAmount
    budgetStartDate: budgetStartDate
  }
}

@description('Region.')
output AZURE_LOCATION string = location

@description('Resource group.')
output AZURE_RESOURCE_GROUP string = group.name

@description('Media storage account.')
output AZURE_STORAGE_ACCOUNT string = names.mediaStorage

@description('Primary Cosmos account.')
output AZURE_COSMOS_ENDPOINT string = cosmosEndpoint(names.cosmos)

@description('Where orchestrations keep their state; the package of the app must have been made for it.')
output ZOETROPE_DURABLE_BACKEND string = durableBackend

@description('Address of the API.')
output ZOETROPE_API_URL string = apiUrl

@description('Address of the media.')
output ZOETROPE_DELIVERY_URL string = mediaUrl

@description('Address of the console.')
output ZOETROPE_CONSOLE_URL string = consoleUrl

@description('Address that browsers upload to.')
output ZOETROPE_UPLOAD_URL string = 'https://${names.mediaStorage}.blob.${suffix}'
