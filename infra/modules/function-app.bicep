import { packageContainerName } from 'names.bicep'
import { resolvedSetting } from 'app-settings.bicep'
import { appSize } from 'app-sizes.bicep'

@description('Name of the site.')
param name string

@description('Region.')
param location string

@description('Tags of every resource.')
param tags { *: string }

@description('Key of the service in azure.yaml: azd finds the site by it.')
param serviceName string

@description('Name of the app\'s identity.')
param identityName string

@description('Storage account of the app\'s own host.')
param hostStorageName string

@description('Application Insights component that the app reports to.')
param insightsName string

@description('Durable Task Scheduler; empty where the app has none.')
param schedulerName string

@description('Settings.')
param settings resolvedSetting[]

@description('Memory, instances and concurrency.')
param size appSize

@description('Instances in several zones of the region.')
param isZoneRedundant bool

@description('Subnet that its calls go out through; empty: none.')
param subnetId string

@description('Public address of the media.')
param deliveryUrl string

@description('Origins whose pages may call the app.')
param corsOrigins string[]

@description('Only requests of this Front Door are let in; empty: all.')
param frontDoorId string

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' existing = {
  name: identityName
}

resource insights 'Microsoft.Insights/components@2020-02-02' existing = {
  name: insightsName
}

resource scheduler 'Microsoft.DurableTask/schedulers@2025-11-01' existing = if (!empty(schedulerName)) {
  name: schedulerName
}

resource plan 'Microsoft.Web/serverfarms@2025-03-01' = {
  name: 'plan-${name}'
  location: location
  tags: tags
  kind: 'functionapp'
  sku: { name: 'FC1', tier: 'FlexConsumption' }
  properties: {
    reserved: true
    zoneRedundant: isZoneRedundant
  }
}

resource site 'Microsoft.Web/sites@2025-03-01' = {
  name: name
  location: location
  tags: union(tags, { 'azd-service-name': serviceName })
  kind: 'functionapp,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: { '${identity.id}': {} }
  }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    clientAffinityEnabled: false
    keyVaultReferenceIdentity: identity.id
    virtualNetworkSubnetId: empty(subnetId) ? null : subnetId
    functionAppConfig: {
      deployment: {
        storage: {
          type: 'blobContainer'
          value: 'https://${hostStorageName}.blob.${environment().suffixes.storage}/${packageContainerName}'
          authentication: {
            type: 'UserAssignedIdentity'
            userAssignedIdentityResourceId: identity.id
          }
        }
      }
      runtime: { name: 'node', version: '24' }
      scaleAndConcurrency: {
        instanceMemoryMB: size.instanceMemoryMB
        maximumInstanceCount: size.maximumInstanceCount
        alwaysReady: size.alwaysReady
        triggers: size.?httpConcurrency == null ? null : { http: { perInstanceConcurrency: size.?httpConcurrency } }
      }
      #disable-next-line BCP037 // The service takes it; the published type does not name it yet.
      siteUpdateStrategy: { type: 'RollingUpdate' }
    }
    siteConfig: {
      minTlsVersion: '1.2'
      ipSecurityRestrictionsDefaultAction: empty(frontDoorId) ? 'Allow' : 'Deny'
      ipSecurityRestrictions: empty(frontDoorId)
        ? []
        : [
            {
              name: 'front-door'
              action: 'Allow'
              priority: 100
              tag: 'ServiceTag'
              ipAddress: 'AzureFrontDoor.Backend'
              headers: { 'x-azure-fdid': [frontDoorId] }
            }
          ]
      // Deployments come by the other door.
      scmIpSecurityRestrictionsUseMain: false
      appSettings: [
        for setting in settings: {
          name: setting.name
          value: setting.source == 'clientId'
            ? identity.properties.clientId
            : setting.source == 'insightsConnection'
                ? insights.properties.ConnectionString
                : setting.source == 'insightsAuthentication'
                    ? 'ClientId=${identity.properties.clientId};Authorization=AAD'
                    : setting.source == 'schedulerConnection'
                        ? 'Endpoint=${scheduler!.properties.endpoint};Authentication=ManagedIdentity;ClientID=${identity.properties.clientId}'
                        : setting.source == 'deliveryUrl'
                            ? deliveryUrl
                            : setting.source == 'corsOrigins' ? join(corsOrigins, ',') : setting.value
        }
      ]
    }
  }
}
