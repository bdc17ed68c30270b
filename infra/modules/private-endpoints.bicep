@export()
@description('A service that is reached within the network.')
type privateService = {
  @description('Name of its resource.')
  name: string
  @description('Part of it, in the words of Private Link.')
  part: 'blob' | 'queue' | 'table' | 'Sql' | 'vault' | 'scheduler'
}

@description('Name of the virtual network.')
param networkName string

@description('Region of the network.')
param location string

@description('Tags of every resource.')
param tags { *: string }

@description('Services that are reached within the network.')
param services privateService[]

var zoneNames = {
  blob: 'privatelink.blob.${environment().suffixes.storage}'
  queue: 'privatelink.queue.${environment().suffixes.storage}'
  table: 'privatelink.table.${environment().suffixes.storage}'
  Sql: 'privatelink.documents.azure.com'
  vault: 'privatelink.vaultcore.azure.net'
  scheduler: 'privatelink.durabletask.io'
}
var resourceTypes = {
  blob: 'Microsoft.Storage/storageAccounts'
  queue: 'Microsoft.Storage/storageAccounts'
  table: 'Microsoft.Storage/storageAccounts'
  Sql: 'Microsoft.DocumentDB/databaseAccounts'
  vault: 'Microsoft.KeyVault/vaults'
  scheduler: 'Microsoft.DurableTask/schedulers'
}
var parts = union(map(services, service => service.part), [])

resource network 'Microsoft.Network/virtualNetworks@2025-05-01' existing = {
  name: networkName

  resource endpointsSubnet 'subnets' existing = { name: 'private-endpoints' }
}

resource zones 'Microsoft.Network/privateDnsZones@2024-06-01' = [
  for part in parts: {
    name: zoneNames[part]
    location: 'global'
    tags: tags
  }
]

resource links 'Microsoft.Network/privateDnsZones/virtualNetworkLinks@2024-06-01' = [
  for (part, index) in parts: {
    parent: zones[index]
    name: networkName
    location: 'global'
    tags: tags
    properties: {
      registrationEnabled: false
      virtualNetwork: { id: network.id }
    }
  }
]

@batchSize(1) // an account with several takes one at a time
resource endpoints 'Microsoft.Network/privateEndpoints@2025-05-01' = [
  for service in services: {
    name: 'pe-${service.name}-${service.part}'
    location: location
    tags: tags
    properties: {
      subnet: { id: network::endpointsSubnet.id }
      privateLinkServiceConnections: [
        {
          name: service.part
          properties: {
            privateLinkServiceId: resourceId(resourceTypes[service.part], service.name)
            groupIds: [service.part]
          }
        }
      ]
    }
  }
]

resource zoneGroups 'Microsoft.Network/privateEndpoints/privateDnsZoneGroups@2025-05-01' = [
  for (service, index) in services: {
    parent: endpoints[index]
    name: 'default'
    properties: {
      privateDnsZoneConfigs: [
        {
          name: 'zone'
          properties: { privateDnsZoneId: zones[indexOf(parts, service.part)].id }
        }
      ]
    }
  }
]
