import { appSize, sizeOf } from 'app-sizes.bicep'
import { appSettings, endpointsOf, hasOrchestrations } from 'app-settings.bicep'
import { deploymentContext } from 'context.bicep'
import { appManifest } from 'manifest.bicep'
import {
  containerEnvironmentName
  identityName
  insightsName
  mediaAccountName
  primaryAccountName
  registryName
  replicaAccountName
  schedulerName
  storageAccountName
} from 'names.bicep'

@description('Where and how all of it is deployed.')
param context deploymentContext

@description('What each app needs. Its identity and its host account are there.')
param apps appManifest[]

@description('Addresses that only Azure knows, by the setting that carries them.')
param addresses { *: string }

@description('Values of settings that differ from the default, by app.')
param appValues { *: { *: string } }

@description('Sizes, by app.')
param sizes { *: appSize }

@description('Cosmos database, in both accounts.')
param databaseName string

@description('Where orchestrations keep their state. The scheduler, if it is one, is there.')
param durableBackend 'storage' | 'dts'

@description('Apps that run on Container Apps, by name: the image of each; one without an image waits for it.')
param containerImages { *: string }

@description('Apps whose instances go on where a zone is lost.')
param zoneRedundantApps string[]

@description('Subnet that calls of the apps go out through; empty: none.')
param subnetId string

@description('Subnet of the Container Apps environment; empty: none.')
param containerSubnetId string

@description('Only requests by way of this Front Door reach the apps that it leads to; empty: all.')
param frontDoorId string

var mediaStorageName = mediaAccountName(context.token)
var cosmosName = primaryAccountName(context.token)
var replicaName = replicaAccountName(context.token)
var containerApps = filter(apps, app => contains(containerImages, app.name))
var settings = map(
  apps,
  app =>
    appSettings(
      app,
      endpointsOf(
        storageAccountName(app.name, context.token),
        mediaStorageName,
        cosmosName,
        replicaName,
        environment().suffixes.storage
      ),
      appValues[?app.name] ?? {},
      objectKeys(addresses),
      hasOrchestrations(app) ? durableBackend : 'none'
    )
)

module roles 'app-roles.bicep' = [
  for app in apps: {
    params: {
      manifest: app
      token: context.token
      mediaStorageName: mediaStorageName
      insightsName: insightsName(context.token)
      hasDurableState: durableBackend == 'storage' && hasOrchestrations(app)
    }
  }
]

@batchSize(1) // the account takes one change at a time
module cosmosRoles 'cosmos-roles.bicep' = [
  for app in apps: if (!empty(concat(app.cosmosContainers.reads, app.cosmosContainers.writes))) {
    // Later than the others: it asks Entra for the identity, which a new one takes a moment to reach.
    dependsOn: [roles]
    params: {
      accountName: cosmosName
      databaseName: databaseName
      app: app.name
      token: context.token
      reads: filter(app.cosmosContainers.reads, container => !contains(app.cosmosContainers.writes, container))
      writes: app.cosmosContainers.writes
    }
  }
]

@batchSize(1)
module replicaRoles 'cosmos-roles.bicep' = [
  for app in apps: if (!empty(app.cosmosContainers.replicates)) {
    params: {
      accountName: replicaName
      databaseName: databaseName
      app: app.name
      token: context.token
      reads: []
      writes: app.cosmosContainers.replicates
    }
  }
]

module functionApps 'function-app.bicep' = [
  for (app, index) in apps: if (!contains(containerImages, app.name)) {
    dependsOn: [roles[index], cosmosRoles[index], replicaRoles[index]]
    params: {
      app: app.name
      location: context.location
      token: context.token
      tags: context.tags
      insightsName: insightsName(context.token)
      schedulerName: durableBackend == 'dts' && hasOrchestrations(app) ? schedulerName(context.token) : ''
      settings: settings[index]
      addresses: addresses
      size: sizeOf(app.name, sizes)
      isZoneRedundant: context.isZoneRedundant && contains(zoneRedundantApps, app.name)
      subnetId: subnetId
      frontDoorId: contains(['api', 'delivery'], app.name) ? frontDoorId : ''
    }
  }
]

module registry 'container-registry.bicep' = if (!empty(containerApps)) {
  params: {
    name: registryName(context.token)
    location: context.location
    tags: context.tags
    apps: map(containerApps, app => app.name)
    token: context.token
  }
}

module containerEnvironment 'container-environment.bicep' = if (!empty(containerApps)) {
  params: {
    name: containerEnvironmentName(context.token)
    location: context.location
    tags: context.tags
    subnetId: containerSubnetId
    isZoneRedundant: context.isZoneRedundant
  }
}

module containerHosted 'container-app.bicep' = [
  for (app, index) in apps: if (!empty(containerImages[?app.name])) {
    dependsOn: [roles[index], cosmosRoles[index], replicaRoles[index], registry, containerEnvironment]
    params: {
      name: take('ca-${app.name}-${context.token}', 32)
      location: context.location
      tags: union(context.tags, { 'azd-service-name': app.name })
      environmentName: containerEnvironmentName(context.token)
      image: containerImages[app.name]
      registryServer: '${registryName(context.token)}.azurecr.io'
      identityName: identityName(app.name, context.token)
      insightsName: insightsName(context.token)
      settings: settings[index]
      addresses: addresses
      maxReplicas: sizeOf(app.name, sizes).maximumInstanceCount
    }
  }
]
