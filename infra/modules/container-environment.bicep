@description('Name of the environment.')
param name string

@description('Region.')
param location string

@description('Tags of every resource.')
param tags { *: string }

@description('Subnet of the environment, delegated to it; empty: none.')
param subnetId string

@description('Replicas in several zones of the region; needs a subnet.')
param isZoneRedundant bool

resource environment 'Microsoft.App/managedEnvironments@2026-01-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    // By way of diagnostic settings: another destination would need the key of the workspace.
    appLogsConfiguration: { destination: 'azure-monitor' }
    publicNetworkAccess: empty(subnetId) ? 'Enabled' : 'Disabled'
    vnetConfiguration: empty(subnetId) ? null : { infrastructureSubnetId: subnetId, internal: true }
    workloadProfiles: [{ name: 'Consumption', workloadProfileType: 'Consumption' }]
    zoneRedundant: isZoneRedundant && !empty(subnetId)
  }
}
