import { appManifest, productResources } from 'modules/manifest.bicep'
import { cosmosCapacity as capacity } from 'modules/cosmos.bicep'
import { appSize, sizeOf } from 'modules/app-sizes.bicep'
import { appSettings, cosmosEndpoint, endpointsOf, hasOrchestrations } from 'modules/app-settings.bicep'
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

@description('Public address of the media, where it is not that of the delivery app.')
param deliveryUrl string = ''

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
var replicated = filter(resources.cosmosContainers, container => container.isReplicated)

var names = {
  resourceGroup: 'rg-${environmentName}'
  mediaStorage: storageAccountName('media', token)
  hostStorage: map(apps, app => storageAccountName(app.name, token))
  cosmos: cosmosAccountName('primary', token)
  replica: cosmosAccountName('replica', token)
  scheduler: 'dts-${token}'
  insights: 'appi-${token}'
}

resource group 'Microsoft.Resources/resourceGroups@2025-04-01' = {
  name: names.resourceGroup
  location: location
  tags: allTags
}

var mediaUrl = empty(deliveryUrl) ? functionAppUrl('delivery', token) : deliveryUrl

// Observability: workspace, Application Insights, workbook, alerts, budget, diagnostic settings.

// Network: virtual network, subnets, private endpoints, DNS zones.

// Edge: the console's site, Front Door.
var consoleOrigins string[] = []
var allOrigins = concat(consoleOrigins, corsOrigins)
// Given to every app that declares them.
var commonValues = { ZOETROPE_DELIVERY_URL: mediaUrl, ZOETROPE_CORS_ORIGINS: join(allOrigins, ',') }

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
    isPrivateNetwork: isPrivateNetwork
    corsOrigins: allOrigins
    recoveryDays: recoveryDays
    coolRenditionsAfterDays: coolRenditionsAfterDays
  }
}

module mediaEvents 'modules/media-events.bicep' = {
  scope: group
  dependsOn: [mediaStorage]
  params: {
    name: 'evgt-media-${token}'
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

module roles 'modules/app-roles.bicep' = [
  for (app, index) in apps: {
    scope: group
    dependsOn: [identities[index], hostStorage[index], mediaStorage]
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
        union(commonValues, appValues[?app.name] ?? {}),
        hasOrchestrations(app) ? durableBackend : 'none'
      )
      size: sizeOf(app.name, appSizes)
      isZoneRedundant: isZoneRedundant
      subnetId: ''
    }
  }
]

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
output ZOETROPE_API_URL string = functionAppUrl('api', token)

@description('Address of the media.')
output ZOETROPE_DELIVERY_URL string = mediaUrl
