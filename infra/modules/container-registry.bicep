import { identityName } from 'names.bicep'
import { roleIds } from 'roles.bicep'

@description('Name of the registry: letters and digits, unique in Azure.')
param name string

@description('Region.')
param location string

@description('Tags of every resource.')
param tags { *: string }

@description('Apps that pull their image from it.')
param apps string[]

@description('Thirteen letters and digits that are this environment\'s own.')
param token string

resource registry 'Microsoft.ContainerRegistry/registries@2025-11-01' = {
  name: name
  location: location
  tags: tags
  sku: { name: 'Basic' }
  properties: {
    adminUserEnabled: false
    anonymousPullEnabled: false
  }
}

resource identities 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' existing = [
  for app in apps: { name: identityName(app, token) }
]

resource assignments 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for (app, index) in apps: {
    name: guid(registry.id, identities[index].id, roleIds.acrPull)
    scope: registry
    properties: {
      principalId: identities[index].properties.principalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roleIds.acrPull)
    }
  }
]

@description('Address that images are pushed to and pulled from.')
output loginServer string = registry.properties.loginServer
