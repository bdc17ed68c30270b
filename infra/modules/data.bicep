import { hasOrchestrations, hasSecrets } from 'app-settings.bicep'
import { deploymentContext } from 'context.bicep'
import { cosmosCapacity as capacity } from 'cosmos.bicep'
import { appManifest, productResources } from 'manifest.bicep'
import {
  mediaAccountName
  primaryAccountName
  replicaAccountName
  schedulerName
  topicName
  vaultName
} from 'names.bicep'

@description('Where and how all of it is deployed.')
param context deploymentContext

@description('What each app needs.')
param apps appManifest[]

@description('What the product needs beside its apps.')
param resources productResources

@description('Region of the replica of the database.')
param replicaLocation string

@description('Capacity of the primary database.')
param cosmosCapacity capacity

@description('Capacity of the replica.')
param replicaCapacity capacity

@description('Where orchestrations keep their state.')
param durableBackend 'storage' | 'dts'

@description('Addresses (CIDR) that may reach the media account from outside; empty: all, with a SAS.')
param uploadAddresses string[]

@description('Origins whose pages may upload.')
param corsOrigins string[]

@description('Days for which deleted and replaced blobs can be brought back.')
param recoveryDays int

@description('Days after which renditions move to the cool tier; 0: never.')
param coolRenditionsAfterDays int

var mediaStorageName = mediaAccountName(context.token)
// A vault is only there for secrets of others.
var secretApps = filter(apps, app => hasSecrets(app))

module appHosts 'app-host.bicep' = [
  for app in apps: {
    params: {
      app: app.name
      location: context.location
      token: context.token
      tags: context.tags
      isZoneRedundant: context.isZoneRedundant
      isPrivateNetwork: context.isPrivateNetwork
    }
  }
]

module mediaStorage 'media-storage.bicep' = {
  params: {
    name: mediaStorageName
    location: context.location
    tags: context.tags
    blobContainers: resources.blobContainers
    queues: resources.queues
    isZoneRedundant: context.isZoneRedundant
    uploadAddresses: uploadAddresses
    corsOrigins: corsOrigins
    recoveryDays: recoveryDays
    coolRenditionsAfterDays: coolRenditionsAfterDays
  }
}

module mediaEvents 'media-events.bicep' = {
  dependsOn: [mediaStorage]
  params: {
    name: topicName(context.token)
    location: context.location
    tags: context.tags
    storageAccountName: mediaStorageName
    events: resources.storageEvents
  }
}

module cosmos 'cosmos.bicep' = {
  params: {
    name: primaryAccountName(context.token)
    location: context.location
    tags: context.tags
    capacity: cosmosCapacity
    databaseName: resources.cosmosDatabase
    containers: resources.cosmosContainers
    isPrivateNetwork: context.isPrivateNetwork
  }
}

module replica 'cosmos.bicep' = {
  params: {
    name: replicaAccountName(context.token)
    location: replicaLocation
    tags: context.tags
    capacity: replicaCapacity
    databaseName: resources.cosmosDatabase
    containers: filter(resources.cosmosContainers, container => container.isReplicated)
    isPrivateNetwork: context.isPrivateNetwork
  }
}

module durableTask 'durable-task.bicep' = if (durableBackend == 'dts') {
  dependsOn: [appHosts]
  params: {
    name: schedulerName(context.token)
    location: context.location
    tags: context.tags
    apps: map(filter(apps, app => hasOrchestrations(app)), app => app.name)
    token: context.token
    isPrivateNetwork: context.isPrivateNetwork
  }
}

module vault 'key-vault.bicep' = if (!empty(secretApps)) {
  dependsOn: [appHosts]
  params: {
    name: vaultName(context.token)
    location: context.location
    tags: context.tags
    apps: map(secretApps, app => app.name)
    token: context.token
    isPrivateNetwork: context.isPrivateNetwork
  }
}
