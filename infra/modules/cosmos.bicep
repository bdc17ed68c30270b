import { cosmosContainer } from 'manifest.bicep'

@export()
@description('Pay by request: one region, at most 5,000 RU/s a physical partition.')
type serverless = {
  @description('Kind of capacity.')
  kind: 'serverless'
}

@export()
@description('Pay by the highest RU/s of each hour, at least a tenth of the limit.')
type autoscale = {
  @description('Kind of capacity.')
  kind: 'autoscale'
  @description('Limit that the containers share, RU/s: a multiple of 1,000.')
  @minValue(1000)
  maxRuPerSecond: int
  @description('Limits of containers that have one to themselves, RU/s, by container.')
  containerMaxRuPerSecond: { *: int }
  @description('Regions that take over, in order, where the first is lost.')
  failoverLocations: string[]
  @description('Copies within zones of the first region.')
  isZoneRedundant: bool
}

@export()
@description('How an account is paid for, and what it withstands.')
@discriminator('kind')
type cosmosCapacity = serverless | autoscale

@description('Name of the account.')
param name string

@description('Region.')
param location string

@description('Tags of every resource.')
param tags { *: string }

@description('How the account is paid for.')
param capacity cosmosCapacity

@description('Name of the database.')
param databaseName string

@description('Containers.')
param containers cosmosContainer[]

@description('Reached through private endpoints only.')
param isPrivateNetwork bool

var autoscaled = capacity.kind == 'autoscale' ? capacity : null
var locations = concat([location], autoscaled.?failoverLocations ?? [])

resource account 'Microsoft.DocumentDB/databaseAccounts@2025-10-15' = {
  name: name
  location: location
  tags: tags
  kind: 'GlobalDocumentDB'
  properties: {
    databaseAccountOfferType: 'Standard'
    capabilities: capacity.kind == 'serverless' ? [{ name: 'EnableServerless' }] : []
    locations: [
      for (region, index) in locations: {
        locationName: region
        failoverPriority: index
        isZoneRedundant: index == 0 && (autoscaled.?isZoneRedundant ?? false)
      }
    ]
    enableAutomaticFailover: length(locations) > 1
    enableMultipleWriteLocations: false
    consistencyPolicy: { defaultConsistencyLevel: 'Session' }
    backupPolicy: {
      type: 'Continuous'
      continuousModeProperties: { tier: capacity.kind == 'serverless' ? 'Continuous7Days' : 'Continuous30Days' }
    }
    disableLocalAuth: true
    disableKeyBasedMetadataWriteAccess: true
    minimalTlsVersion: 'Tls12'
    networkAclBypass: 'None'
    publicNetworkAccess: isPrivateNetwork ? 'Disabled' : 'Enabled'
  }

  resource database 'sqlDatabases' = {
    name: databaseName
    properties: {
      resource: { id: databaseName }
      options: autoscaled == null ? {} : { autoscaleSettings: { maxThroughput: autoscaled.?maxRuPerSecond } }
    }

    @batchSize(2) // more at once are throttled
    resource all 'containers' = [
      for container in containers: {
        name: container.name
        properties: {
          resource: {
            id: container.name
            partitionKey: {
              kind: length(container.partitionKeyPaths) > 1 ? 'MultiHash' : 'Hash'
              paths: container.partitionKeyPaths
              version: 2
            }
            defaultTtl: container.defaultTtlSeconds
            indexingPolicy: container.indexingPolicy
          }
          options: contains(autoscaled.?containerMaxRuPerSecond ?? {}, container.name)
            ? { autoscaleSettings: { maxThroughput: autoscaled.?containerMaxRuPerSecond[?container.name] } }
            : {}
        }
      }
    ]
  }
}
