import { identityName, taskHubName } from 'names.bicep'
import { roleIds } from 'roles.bicep'

@description('Name of the scheduler.')
param name string

@description('Region.')
param location string

@description('Tags of every resource.')
param tags { *: string }

@description('Apps whose orchestrations it keeps.')
param apps string[]

@description('Thirteen letters and digits that are this environment\'s own.')
param token string

@description('Reached through private endpoints only.')
param isPrivateNetwork bool

resource scheduler 'Microsoft.DurableTask/schedulers@2026-02-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    // Callers are told apart by their identity; an empty list would shut out every one.
    ipAllowlist: ['0.0.0.0/0']
    publicNetworkAccess: isPrivateNetwork ? 'Disabled' : 'Enabled'
    sku: { name: 'Consumption' }
  }

  resource hub 'taskHubs' = { name: taskHubName }
}

resource identities 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' existing = [
  for app in apps: { name: identityName(app, token) }
]

resource assignments 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for (app, index) in apps: {
    name: guid(scheduler::hub.id, identities[index].id, roleIds.durableTaskDataContributor)
    scope: scheduler::hub
    properties: {
      principalId: identities[index].properties.principalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: subscriptionResourceId(
        'Microsoft.Authorization/roleDefinitions',
        roleIds.durableTaskDataContributor
      )
    }
  }
]
