import { appSize, sizeOf } from 'app-sizes.bicep'
import { appSettings, endpointsOf, hasOrchestrations } from 'app-settings.bicep'
import { appManifest } from 'manifest.bicep'
import { identityName, registryName, schedulerName, storageAccountName } from 'names.bicep'

@description('Region.')
param location string

@description('Thirteen letters and digits that are this environment\'s own.')
param token string

@description('Tags of every resource.')
param tags { *: string }

@description('What each app needs. Its identity and its host account are there.')
param apps appManifest[]

@description('Addresses that only Azure knows, by the setting that carries them.')
param addresses { *: string }

@description('Values of settings that differ from the default, by app.')
param appValues { *: { *: string } }

@description('Sizes, by app.')
param sizes { *: appSize }

@description('Storage account of sources, renditions and queues.')
param mediaStorageName string

@description('Primary Cosmos account.')
param cosmosName string

@description('Cosmos account of the replica.')
param replicaName string

@description('Cosmos database, in both accounts.')
param databaseName string

@description('Application Insights component.')
param insightsName string

@description('Where orchestrations keep their state. The scheduler, if it is one, is there.')
param durableBackend 'storage' | 'dts'

@description('Apps that run on Container Apps, by name: the image of each; one without an image waits for it.')
param containerImages { *: string }

@description('Instances of zoneRedundantApps, and those of Container Apps, in several zones of the region.')
param isZoneRedundant bool

@description('Apps whose instances go on where a zone is lost.')
param zoneRedundantApps string[]

@description('Subnet that calls of the apps go out through; empty: none.')
param subnetId string

@description('Subnet of the Container Apps environment; empty: none.')
param containerSubnetId string

@description('Only requests by way of this Front Door reach the apps that it leads to; empty: all.')
param frontDoorId string

var containerApps = filter(apps, app => contains(containerImages, app.name))
var settings = map(
  apps,
  app =>
    appSettings(
      app,
      endpointsOf(
        storageAccountName(app.name, token),
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
      token: token
      mediaStorageName: mediaStorageName
      insightsName: insightsName
      hasDurableState: durableBackend == 'storage' && hasOrchestrations(app)
    }
  }
]

@batchSize(1) // the account takes one change at a time
module cosmosRoles 'cosmos-roles.bicep' = [
  for app in apps: if (!empty(concat(app.cosmosContainers.reads, app.cosmosContainers.writes))) {
    params: {
      accountName: cosmosName
      databaseName: databaseName
      app: app.name
      token: token
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
      token: token
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
      location: location
      token: token
      tags: tags
      insightsName: insightsName
      schedulerName: durableBackend == 'dts' && hasOrchestrations(app) ? schedulerName(token) : ''
      settings: settings[index]
      addresses: addresses
      size: sizeOf(app.name, sizes)
      isZoneRedundant: isZoneRedundant && contains(zoneRedundantApps, app.name)
      subnetId: subnetId
      frontDoorId: contains(['api', 'delivery'], app.name) ? frontDoorId : ''
    }
  }
]

module registry 'container-registry.bicep' = if (!empty(containerApps)) {
  params: {
    name: registryName(token)
    location: location
    tags: tags
    apps: map(containerApps, app => app.name)
    token: token
  }
}

module containerEnvironment 'container-environment.bicep' = if (!empty(containerApps)) {
  params: {
    name: 'cae-${token}'
    location: location
    tags: tags
    subnetId: containerSubnetId
    isZoneRedundant: isZoneRedundant
  }
}

module containerHosted 'container-app.bicep' = [
  for (app, index) in apps: if (!empty(containerImages[?app.name])) {
    dependsOn: [roles[index], cosmosRoles[index], replicaRoles[index], registry, containerEnvironment]
    params: {
      name: take('ca-${app.name}-${token}', 32)
      location: location
      tags: union(tags, { 'azd-service-name': app.name })
      environmentName: 'cae-${token}'
      image: containerImages[app.name]
      registryServer: '${registryName(token)}.azurecr.io'
      identityName: identityName(app.name, token)
      insightsName: insightsName
      settings: settings[index]
      addresses: addresses
      maxReplicas: sizeOf(app.name, sizes).maximumInstanceCount
    }
  }
]
