import { functionAppName, identityName, packageContainerName, storageAccountName } from 'names.bicep'
import { resolvedSetting } from 'app-settings.bicep'
import { appSize } from 'app-sizes.bicep'

@description('Name of the app, and of its service in azure.yaml: azd finds the site by it.')
param app string

@description('Region.')
param location string

@description('Thirteen letters and digits that are this environment\'s own.')
param token string

@description('Tags of every resource.')
param tags { *: string }

@description('Application Insights component that the app reports to.')
param insightsName string

@description('Durable Task Scheduler; empty where the app has none.')
param schedulerName string

@description('Settings.')
param settings resolvedSetting[]

@description('Addresses that only Azure knows, by the setting that carries them.')
param addresses { *: string }

@description('Memory, instances and concurrency.')
param size appSize

@description('Instances in several zones of the region: two at least of each group of functions, always.')
param isZoneRedundant bool

@description('Subnet that its calls go out through; empty: none.')
param subnetId string

@description('Only requests by way of this Front Door are let in; empty: all.')
param frontDoorId string

var name = functionAppName(app, token)

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' existing = {
  name: identityName(app, token)
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
  tags: union(tags, { 'azd-service-name': app })
  kind: 'functionapp,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: { '${identity.id}': {} }
  }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    publicNetworkAccess: 'Enabled'
    clientAffinityEnabled: false
    keyVaultReferenceIdentity: identity.id
    virtualNetworkSubnetId: empty(subnetId) ? null : subnetId
    functionAppConfig: {
      deployment: {
        storage: {
          type: 'blobContainer'
          value: 'https://${storageAccountName(app, token)}.blob.${environment().suffixes.storage}/${packageContainerName}'
          authentication: {
            type: 'UserAssignedIdentity'
            userAssignedIdentityResourceId: identity.id
          }
        }
      }
      runtime: { name: 'node', version: '24' }
      scaleAndConcurrency: union(
        {
          instanceMemoryMB: size.instanceMemoryMB
          maximumInstanceCount: size.maximumInstanceCount
          alwaysReady: size.alwaysReady
        },
        size.?httpConcurrency == null ? {} : { triggers: { http: { perInstanceConcurrency: size.?httpConcurrency } } }
      )
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
          value: setting.source == 'address'
            ? addresses[setting.name]
            : setting.source == 'clientId'
                ? identity.properties.clientId
                : setting.source == 'insightsConnection'
                    ? insights.properties.ConnectionString
                    : setting.source == 'insightsAuthentication'
                        ? 'ClientId=${identity.properties.clientId};Authorization=AAD'
                        : setting.source == 'schedulerConnection'
                            ? 'Endpoint=${scheduler!.properties.endpoint};Authentication=ManagedIdentity;ClientID=${identity.properties.clientId}'
                            : setting.value
        }
      ]
    }
  }
}
