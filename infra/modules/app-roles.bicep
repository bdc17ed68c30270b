import { appManifest } from 'manifest.bicep'
import { identityName, storageAccountName } from 'names.bicep'
import { roleIds } from 'roles.bicep'

@description('What the app needs.')
param manifest appManifest

@description('Thirteen letters and digits that are this environment\'s own.')
param token string

@description('Storage account of sources, renditions and queues.')
param mediaStorageName string

@description('Application Insights component that the app reports to.')
param insightsName string

@description('Orchestrations, if the app has any, keep their state in the host account.')
param hasDurableState bool

var isMediaUser = !empty(filter(manifest.settings, setting => setting.?account == 'media-storage'))
var blobs = manifest.blobContainers
var readOnlyContainers = filter(blobs.reads, container => !contains(blobs.writes, container))
// The host moves a message that failed too often to the poison queue, which has none itself.
var ownQueues = union(
  manifest.queues.consumes,
  map(filter(manifest.queues.consumes, queue => !endsWith(queue, '-poison')), queue => '${queue}-poison')
)
var sentQueues = filter(manifest.queues.sends, queue => !contains(ownQueues, queue))
var hostRoles = concat(
  [roleIds.storageBlobDataOwner],
  hasDurableState ? [roleIds.storageQueueDataContributor, roleIds.storageTableDataContributor] : []
)
var signerRoles = empty(blobs.signs) ? [] : [roleIds.storageBlobDelegator]

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' existing = {
  name: identityName(manifest.name, token)
}

resource host 'Microsoft.Storage/storageAccounts@2025-06-01' existing = {
  name: storageAccountName(manifest.name, token)
}

resource media 'Microsoft.Storage/storageAccounts@2025-06-01' existing = if (isMediaUser) {
  name: mediaStorageName

  resource blobService 'blobServices' existing = {
    name: 'default'

    resource readOnly 'containers' existing = [for container in readOnlyContainers: { name: container }]
    resource written 'containers' existing = [for container in blobs.writes: { name: container }]
  }

  resource queueService 'queueServices' existing = {
    name: 'default'

    resource own 'queues' existing = [for queue in ownQueues: { name: queue }]
    resource sent 'queues' existing = [for queue in sentQueues: { name: queue }]
  }
}

resource insights 'Microsoft.Insights/components@2020-02-02' existing = {
  name: insightsName
}

resource hostAssignments 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for role in hostRoles: {
    name: guid(host.id, identity.id, role)
    scope: host
    properties: {
      principalId: identity.properties.principalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', role)
    }
  }
]

resource signerAssignments 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for role in signerRoles: {
    name: guid(media.id, identity.id, role)
    scope: media
    properties: {
      principalId: identity.properties.principalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', role)
    }
  }
]

resource readerAssignments 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for (container, index) in readOnlyContainers: {
    name: guid(media::blobService::readOnly[index].id, identity.id, roleIds.storageBlobDataReader)
    scope: media::blobService::readOnly[index]
    properties: {
      principalId: identity.properties.principalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roleIds.storageBlobDataReader)
    }
  }
]

resource writerAssignments 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for (container, index) in blobs.writes: {
    name: guid(media::blobService::written[index].id, identity.id, roleIds.storageBlobDataContributor)
    scope: media::blobService::written[index]
    properties: {
      principalId: identity.properties.principalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: subscriptionResourceId(
        'Microsoft.Authorization/roleDefinitions',
        roleIds.storageBlobDataContributor
      )
    }
  }
]

resource consumerAssignments 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for (queue, index) in ownQueues: {
    name: guid(media::queueService::own[index].id, identity.id, roleIds.storageQueueDataContributor)
    scope: media::queueService::own[index]
    properties: {
      principalId: identity.properties.principalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: subscriptionResourceId(
        'Microsoft.Authorization/roleDefinitions',
        roleIds.storageQueueDataContributor
      )
    }
  }
]

resource senderAssignments 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for (queue, index) in sentQueues: {
    name: guid(media::queueService::sent[index].id, identity.id, roleIds.storageQueueDataMessageSender)
    scope: media::queueService::sent[index]
    properties: {
      principalId: identity.properties.principalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: subscriptionResourceId(
        'Microsoft.Authorization/roleDefinitions',
        roleIds.storageQueueDataMessageSender
      )
    }
  }
]

resource metricsAssignment 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(insights.id, identity.id, roleIds.monitoringMetricsPublisher)
  scope: insights
  properties: {
    principalId: identity.properties.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId(
      'Microsoft.Authorization/roleDefinitions',
      roleIds.monitoringMetricsPublisher
    )
  }
}
