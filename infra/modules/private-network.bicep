import { hasOrchestrations } from 'app-settings.bicep'
import { appManifest } from 'manifest.bicep'
import { schedulerName, storageAccountName } from 'names.bicep'

@description('Region.')
param location string

@description('Thirteen letters and digits that are this environment\'s own.')
param token string

@description('Tags of every resource.')
param tags { *: string }

@description('Addresses of the network (CIDR, /22 or larger).')
param addressPrefix string

@description('What each app needs. Its host account is there.')
param apps appManifest[]

@description('Storage account of sources, renditions and queues.')
param mediaStorageName string

@description('Cosmos accounts.')
param cosmosAccountNames string[]

@description('Where orchestrations keep their state. The scheduler, if it is one, is there.')
param durableBackend 'storage' | 'dts'

@description('Key Vault; empty where there is none.')
param vaultName string

var name = 'vnet-${token}'
var durableStorage = map(
  filter(apps, app => durableBackend == 'storage' && hasOrchestrations(app)),
  app => storageAccountName(app.name, token)
)

module network 'network.bicep' = {
  params: { name: name, location: location, tags: tags, addressPrefix: addressPrefix }
}

// Of each account, the parts that apps use.
module endpoints 'private-endpoints.bicep' = {
  dependsOn: [network]
  params: {
    networkName: name
    location: location
    tags: tags
    services: concat(
      map(['blob', 'queue'], part => { name: mediaStorageName, part: part }),
      map(apps, app => { name: storageAccountName(app.name, token), part: 'blob' }),
      map(durableStorage, account => { name: account, part: 'queue' }),
      map(durableStorage, account => { name: account, part: 'table' }),
      map(cosmosAccountNames, account => { name: account, part: 'Sql' }),
      durableBackend == 'dts' ? [{ name: schedulerName(token), part: 'scheduler' }] : [],
      empty(vaultName) ? [] : [{ name: vaultName, part: 'vault' }]
    )
  }
}

@description('Subnet of the apps.')
output appsSubnetId string = network.outputs.appsSubnetId

@description('Subnet of the environment of Container Apps.')
output containerAppsSubnetId string = network.outputs.containerAppsSubnetId
