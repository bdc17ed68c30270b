import { identityName, packageContainerName, storageAccountName } from 'names.bicep'

@description('Name of the app.')
param app string

@description('Region.')
param location string

@description('Thirteen letters and digits that are this environment\'s own.')
param token string

@description('Tags of every resource.')
param tags { *: string }

@description('Copies within zones of the region, rather than within one place.')
param isZoneRedundant bool

@description('Reached through private endpoints only.')
param isPrivateNetwork bool

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: identityName(app, token)
  location: location
  tags: tags
}

resource account 'Microsoft.Storage/storageAccounts@2025-06-01' = {
  name: storageAccountName(app, token)
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
      bypass: 'None'
      defaultAction: isPrivateNetwork ? 'Deny' : 'Allow'
    }
    publicNetworkAccess: isPrivateNetwork ? 'Disabled' : 'Enabled'
    supportsHttpsTrafficOnly: true
  }

  resource blobs 'blobServices' = {
    name: 'default'
    properties: {
      deleteRetentionPolicy: { enabled: true, days: 7 }
      containerDeleteRetentionPolicy: { enabled: true, days: 7 }
    }

    resource package 'containers' = {
      name: packageContainerName
      properties: { publicAccess: 'None' }
    }
  }
}
