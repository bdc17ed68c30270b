import { deadLetterContainerName } from 'names.bicep'

@description('Name of the account.')
param name string

@description('Region.')
param location string

@description('Tags of every resource.')
param tags { *: string }

@description('Blob containers of the product.')
param blobContainers string[]

@description('Queues of the product, poison queues among them.')
param queues string[]

@description('Copies within zones of the region, rather than within one place.')
param isZoneRedundant bool

@description('Addresses (CIDR) that may reach the account from outside; empty: all. Browsers upload here, with a SAS.')
param uploadAddresses string[]

@description('Origins whose pages may read and write blobs with a SAS, such as the console.')
param corsOrigins string[]

@description('Days for which deleted blobs and containers, and replaced versions, can be brought back.')
@minValue(1)
@maxValue(365)
param recoveryDays int

@description('Days after which a rendition that was not changed moves to the cool tier; 0: never. Reads from it cost more.')
@minValue(0)
param coolRenditionsAfterDays int

// A sweep of the app deletes scratch 7 days after its job; this is the net below it.
var scratchDays = 30

resource account 'Microsoft.Storage/storageAccounts@2025-06-01' = {
  name: name
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: { name: isZoneRedundant ? 'Standard_ZRS' : 'Standard_LRS' }
  properties: {
    accessTier: 'Hot'
    allowBlobPublicAccess: false
    allowCrossTenantReplication: false
    allowSharedKeyAccess: false
    defaultToOAuthAuthentication: true
    minimumTlsVersion: 'TLS1_2'
    networkAcls: {
      // Event Grid delivers to the queue as a trusted service.
      bypass: 'AzureServices'
      defaultAction: empty(uploadAddresses) ? 'Allow' : 'Deny'
      ipRules: map(uploadAddresses, address => { action: 'Allow', value: address })
    }
    publicNetworkAccess: 'Enabled'
    supportsHttpsTrafficOnly: true
  }

  resource blobs 'blobServices' = {
    name: 'default'
    properties: {
      isVersioningEnabled: true
      deleteRetentionPolicy: { enabled: true, days: recoveryDays }
      containerDeleteRetentionPolicy: { enabled: true, days: recoveryDays }
      cors: {
        corsRules: empty(corsOrigins)
          ? []
          : [
              {
                allowedOrigins: corsOrigins
                allowedMethods: ['GET', 'HEAD', 'PUT', 'OPTIONS']
                allowedHeaders: ['content-type', 'x-ms-*', 'if-match', 'if-none-match', 'range']
                exposedHeaders: ['etag', 'content-length', 'content-range', 'x-ms-*']
                maxAgeInSeconds: 3600
              }
            ]
      }
    }

    resource containers 'containers' = [
      for container in concat(blobContainers, [deadLetterContainerName]): {
        name: container
        properties: { publicAccess: 'None' }
      }
    ]
  }

  resource queueService 'queueServices' = {
    name: 'default'

    resource all 'queues' = [
      for queue in queues: {
        name: queue
      }
    ]
  }

  resource lifecycle 'managementPolicies' = {
    name: 'default'
    dependsOn: [blobs]
    properties: {
      policy: {
        rules: concat(
          [
            {
              name: 'delete-scratch'
              type: 'Lifecycle'
              enabled: true
              definition: {
                filters: { blobTypes: ['blockBlob'], prefixMatch: ['work/'] }
                actions: { baseBlob: { delete: { daysAfterModificationGreaterThan: scratchDays } } }
              }
            }
            {
              name: 'delete-old-versions'
              type: 'Lifecycle'
              enabled: true
              definition: {
                filters: { blobTypes: ['blockBlob'] }
                actions: { version: { delete: { daysAfterCreationGreaterThan: recoveryDays } } }
              }
            }
            {
              name: 'delete-dead-letters'
              type: 'Lifecycle'
              enabled: true
              definition: {
                filters: { blobTypes: ['blockBlob'], prefixMatch: ['${deadLetterContainerName}/'] }
                actions: { baseBlob: { delete: { daysAfterModificationGreaterThan: scratchDays } } }
              }
            }
          ],
          coolRenditionsAfterDays == 0
            ? []
            : [
                {
                  name: 'cool-renditions'
                  type: 'Lifecycle'
                  enabled: true
                  definition: {
                    filters: { blobTypes: ['blockBlob'], prefixMatch: ['renditions/'] }
                    actions: { baseBlob: { tierToCool: { daysAfterModificationGreaterThan: coolRenditionsAfterDays } } }
                  }
                }
              ]
        )
      }
    }
  }
}
