using 'main.bicep'

// Answers and keeps what it has when a zone is lost, and comes back by hand when a region is (docs/operations/region-loss.md).
param environmentName = 'zoetrope-prod'
param location = 'northeurope'
param replicaLocation = 'westeurope'
param tags = { environment: 'prod' }
param isZoneRedundant = true
param recoveryDays = 30
param coolRenditionsAfterDays = 90
param cosmosCapacity = {
  kind: 'autoscale'
  maxRuPerSecond: 4000
  containerMaxRuPerSecond: {}
  failoverLocations: ['swedencentral']
  isZoneRedundant: true
}
param replicaCapacity = {
  kind: 'autoscale'
  maxRuPerSecond: 1000
  containerMaxRuPerSecond: {}
  failoverLocations: []
  isZoneRedundant: false
}

// What people wait for is never cold: two of each, as zones ask for.
param appSizes = {
  api: {
    instanceMemoryMB: 2048
    maximumInstanceCount: 100
    alwaysReady: [{ name: 'http', instanceCount: 2 }]
    httpConcurrency: 32
  }
  delivery: {
    instanceMemoryMB: 2048
    maximumInstanceCount: 100
    alwaysReady: [{ name: 'http', instanceCount: 2 }]
    httpConcurrency: 16
  }
}

// Who is told, and what it may cost.
param consolePlan = 'Standard'
param logRetentionDays = 90
param budgetAmount = 1000
param alertEmails = split(readEnvironmentVariable('ZOETROPE_ALERT_EMAILS', 'operations@example.com'), ',')
param budgetStartDate = readEnvironmentVariable('ZOETROPE_BUDGET_START', '2026-12-01')
