import { hasOrchestrations, hasSecrets } from 'app-settings.bicep'
import { deploymentContext } from 'context.bicep'
import { appManifest } from 'manifest.bicep'
import {
  mediaAccountName
  networkName
  primaryAccountName
  replicaAccountName
  schedulerName
  storageAccountName
  vaultName
} from 'names.bicep'

@description('Where and how all of it is deployed.')
param context deploymentContext

@description('Addresses of the network (CIDR, /22 or larger).')
param addressPrefix string

@description('What each app needs. Its host account is there.')
param apps appManifest[]

@description('Where orchestrations keep their state. The scheduler, if it is one, is there.')
param durableBackend 'storage' | 'dts'

var name = networkName(context.token)
var durableStorage = map(
  filter(apps, app => durableBackend == 'storage' && hasOrchestrations(app)),
  app => storageAccountName(app.name, context.token)
)

module network 'network.bicep' = {
  params: { name: name, location: context.location, tags: context.tags, addressPrefix: addressPrefix }
}

// Of each account, the parts that apps use.
module endpoints 'private-endpoints.bicep' = {
  dependsOn: [network]
  params: {
    networkName: name
    location: context.location
    tags: context.tags
    services: concat(
      map(['blob', 'queue'], part => { name: mediaAccountName(context.token), part: part }),
      map(apps, app => { name: storageAccountName(app.name, context.token), part: 'blob' }),
      map(durableStorage, account => { name: account, part: 'queue' }),
      map(durableStorage, account => { name: account, part: 'table' }),
      map(
        [primaryAccountName(context.token), replicaAccountName(context.token)],
        account => { name: account, part: 'Sql' }
      ),
      durableBackend == 'dts' ? [{ name: schedulerName(context.token), part: 'scheduler' }] : [],
      empty(filter(apps, app => hasSecrets(app))) ? [] : [{ name: vaultName(context.token), part: 'vault' }]
    )
  }
}

@description('Subnet of the apps.')
output appsSubnetId string = network.outputs.appsSubnetId

@description('Subnet of the environment of Container Apps.')
output containerAppsSubnetId string = network.outputs.containerAppsSubnetId
