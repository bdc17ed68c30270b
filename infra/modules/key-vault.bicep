import { identityName } from 'names.bicep'
import { roleIds } from 'roles.bicep'

@description('Name of the vault (at most 24 letters, digits and hyphens), unique in Azure.')
@maxLength(24)
param name string

@description('Region.')
param location string

@description('Tags of every resource.')
param tags { *: string }

@description('Names of the apps that have a secret setting; each may read secrets.')
param apps string[]

@description('Thirteen letters and digits that are this environment\'s own.')
param token string

@description('Reached through private endpoints only.')
param isPrivateNetwork bool

// Holds secrets of others only (a webhook's, a service's): an operator puts them in. Our own doors are opened by identity.
resource vault 'Microsoft.KeyVault/vaults@2025-05-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    tenantId: tenant().tenantId
    sku: { family: 'A', name: 'standard' }
    enableRbacAuthorization: true
    enablePurgeProtection: true
    enableSoftDelete: true
    softDeleteRetentionInDays: 7
    publicNetworkAccess: isPrivateNetwork ? 'Disabled' : 'Enabled'
    networkAcls: {
      bypass: 'None'
      defaultAction: isPrivateNetwork ? 'Deny' : 'Allow'
    }
  }
}

resource identities 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' existing = [
  for app in apps: {
    name: identityName(app, token)
  }
]

resource readers 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for (app, index) in apps: {
    name: guid(vault.id, identities[index].id, roleIds.keyVaultSecretsUser)
    scope: vault
    properties: {
      principalId: identities[index].properties.principalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roleIds.keyVaultSecretsUser)
    }
  }
]
