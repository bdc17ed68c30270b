using 'main.bicep'

// Survives the loss of a zone without a hand, and that of a region with one.
param environmentName = 'zoetrope-prod'
param location = 'westeurope'
param replicaLocation = 'northeurope'
param tags = { environment: 'prod' }
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
