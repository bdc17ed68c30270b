import { appManifest, productResources } from 'modules/manifest.bicep'
import { appSize } from 'modules/app-sizes.bicep'
import { cosmosEndpoint } from 'modules/app-settings.bicep'
import { cosmosCapacity as capacity } from 'modules/cosmos.bicep'
import { neighbourOf } from 'modules/regions.bicep'
import { cosmosAccountName, functionAppUrl, storageAccountName } from 'modules/names.bicep'

targetScope = 'subscription'

@description('Name of the environment; the resource group is `rg-` and it.')
@minLength(1)
@maxLength(40)
param environmentName string

@description('Region of all but the replica.')
@metadata({ azd: { type: 'location' } })
param location string

@description('Region of the replica of the database; another than `location`.')
param replicaLocation string = neighbourOf(location)

@description('Tags of every resource.')
param tags { *: string } = {}

@description('Object id of who deploys; given the right to make the first tenant and key. Empty: nobody is.')
param deployerPrincipalId string = deployer().objectId

@description('Where orchestrations keep their state: Azure Storage, or a Durable Task Scheduler. The zip of the app has the host.json that goes with it.')
param durableBackend 'storage' | 'dts' = 'storage'

@description('Apps that run on Container Apps instead of Flex Consumption, for files that need more disk: the image of each, in the registry made for them. One without an image waits for it.')
param containerImages { *: string } = {}

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

var token = uniqueString(subscription().id, environmentName, location)
var allTags = union(tags, { 'azd-env-name': environmentName, product: 'zoetrope' })
var mediaStorageName = storageAccountName('media', token)
var cosmosName = cosmosAccountName('primary', token)
var replicaName = cosmosAccountName('replica', token)
var insightsName = 'appi-${token}'
var mediaUrl = empty(deliveryUrl) ? functionAppUrl('delivery', token) : deliveryUrl

resource group 'Microsoft.Resources/resourceGroups@2025-04-01' = {
  name: 'rg-${environmentName}'
  location: location
  tags: allTags
}

// Observability: workspace, Application Insights, workbook, alerts, budget, diagnostic settings.

// Network: virtual network, subnets, private endpoints, DNS zones.

// Edge: the console's site, Front Door.

module appHosts 'modules/app-host.bicep' = [
  for app in apps: {
    scope: group
    params: {
      app: app.name
      location: location
      token: token
      tags: allTags
      isZoneRedundant: isZoneRedundant
      isPrivateNetwork: isPrivateNetwork
    }
  }
]

module mediaStorage 'modules/media-storage.bicep' = {
  scope: group
  params: {
    name: mediaStorageName
    location: location
    tags: allTags
    blobContainers: resources.blobContainers
    queues: resources.queues
    isZoneRedundant: isZoneRedundant
    isPrivateNetwork: isPrivateNetwork
    corsOrigins: corsOrigins
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
    storageAccountName: mediaStorageName
    events: resources.storageEvents
  }
}

module cosmos 'modules/cosmos.bicep' = {
  scope: group
  params: {
    name: cosmosName
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
    name: replicaName
    location: replicaLocation
    tags: allTags
    capacity: replicaCapacity
    databaseName: resources.cosmosDatabase
    containers: filter(resources.cosmosContainers, container => container.isReplicated)
    isPrivateNetwork: isPrivateNetwork
  }
}

module appDeployments 'modules/apps.bicep' = {
  scope: group
  dependsOn: [appHosts, mediaStorage, cosmos, replica]
  params: {
    location: location
    token: token
    tags: allTags
    apps: apps
    addresses: union(
      { ZOETROPE_DELIVERY_URL: mediaUrl },
      empty(corsOrigins) ? {} : { ZOETROPE_CORS_ORIGINS: join(corsOrigins, ',') }
    )
    appValues: appValues
    sizes: appSizes
    mediaStorageName: mediaStorageName
    cosmosName: cosmosName
    replicaName: replicaName
    databaseName: resources.cosmosDatabase
    insightsName: insightsName
    durableBackend: durableBackend
    containerImages: containerImages
    isZoneRedundant: isZoneRedundant
    subnetId: ''
    containerSubnetId: ''
  }
}

module deployerRoles 'modules/deployer-roles.bicep' = if (!empty(deployerPrincipalId)) {
  scope: group
  dependsOn: [appDeployments]
  params: {
    accountName: cosmosName
    databaseName: resources.cosmosDatabase
    principalId: deployerPrincipalId
  }
}

@description('Region.')
output AZURE_LOCATION string = location

@description('Resource group.')
output AZURE_RESOURCE_GROUP string = group.name

@description('Media storage account.')
output AZURE_STORAGE_ACCOUNT string = mediaStorageName

@description('Primary Cosmos account.')
output AZURE_COSMOS_ENDPOINT string = cosmosEndpoint(cosmosName)

@description('Where orchestrations keep their state; the package of the app must have been made for it.')
output ZOETROPE_DURABLE_BACKEND string = durableBackend

@description('Address of the API.')
output ZOETROPE_API_URL string = functionAppUrl('api', token)

@description('Address of the media.')
output ZOETROPE_DELIVERY_URL string = mediaUrl
