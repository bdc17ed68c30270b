using 'main.bicep'

// As prod, and reached by way of Front Door and a virtual network only.
param environmentName = 'zoetrope-hardened'
param location = 'westeurope'
param replicaLocation = 'northeurope'
param tags = { environment: 'hardened' }
param isZoneRedundant = true
param recoveryDays = 30
param cosmosCapacity = {
  kind: 'autoscale'
  maxRuPerSecond: 4000
  containerMaxRuPerSecond: {}
  failoverLocations: ['francecentral']
  isZoneRedundant: true
}
param replicaCapacity = {
  kind: 'autoscale'
  maxRuPerSecond: 1000
  containerMaxRuPerSecond: {}
  failoverLocations: []
  isZoneRedundant: false
}
param isPrivateNetwork = true
