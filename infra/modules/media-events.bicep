import { storageEvent } from 'manifest.bicep'
import { deadLetterContainerName } from 'names.bicep'
import { roleIds } from 'roles.bicep'

@description('Name of the system topic.')
param name string

@description('Region of the storage account.')
param location string

@description('Tags of every resource.')
param tags { *: string }

@description('Name of the storage account that the events are about, and that holds their queues.')
param storageAccountName string

@description('Events that go to a queue.')
param events storageEvent[]

// A day: as long as Event Grid tries. What is not taken from the queue in a week is lost to ingest's sweep, which finds the blob itself.
var deliveryMinutes = 1440
var messageSeconds = 604800

resource account 'Microsoft.Storage/storageAccounts@2025-06-01' existing = {
  name: storageAccountName

  resource blobs 'blobServices' existing = {
    name: 'default'

    resource deadLetters 'containers' existing = { name: deadLetterContainerName }
  }

  resource queueService 'queueServices' existing = {
    name: 'default'

    resource queues 'queues' existing = [for event in events: { name: event.queue }]
  }
}

resource topic 'Microsoft.EventGrid/systemTopics@2025-02-15' = {
  name: name
  location: location
  tags: tags
  identity: { type: 'SystemAssigned' }
  properties: {
    source: account.id
    topicType: 'Microsoft.Storage.StorageAccounts'
  }
}

resource queueRoles 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for (event, index) in events: {
    name: guid(account::queueService::queues[index].id, topic.id, roleIds.storageQueueDataMessageSender)
    scope: account::queueService::queues[index]
    properties: {
      principalId: topic.identity.principalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: subscriptionResourceId(
        'Microsoft.Authorization/roleDefinitions',
        roleIds.storageQueueDataMessageSender
      )
    }
  }
]

resource deadLetterRole 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(account::blobs::deadLetters.id, topic.id, roleIds.storageBlobDataContributor)
  scope: account::blobs::deadLetters
  properties: {
    principalId: topic.identity.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId(
      'Microsoft.Authorization/roleDefinitions',
      roleIds.storageBlobDataContributor
    )
  }
}

resource subscriptions 'Microsoft.EventGrid/systemTopics/eventSubscriptions@2025-02-15' = [
  for event in events: {
    parent: topic
    name: event.name
    dependsOn: [queueRoles, deadLetterRole]
    properties: {
      eventDeliverySchema: 'CloudEventSchemaV1_0'
      filter: {
        includedEventTypes: [event.eventType]
        subjectBeginsWith: '/blobServices/default/containers/${event.container}/'
        isSubjectCaseSensitive: true
        advancedFilters: [
          {
            operatorType: 'StringIn'
            key: 'data.api'
            values: event.apis
          }
        ]
      }
      deliveryWithResourceIdentity: {
        identity: { type: 'SystemAssigned' }
        destination: {
          endpointType: 'StorageQueue'
          properties: {
            resourceId: account.id
            queueName: event.queue
            queueMessageTimeToLiveInSeconds: messageSeconds
          }
        }
      }
      deadLetterWithResourceIdentity: {
        identity: { type: 'SystemAssigned' }
        deadLetterDestination: {
          endpointType: 'StorageBlob'
          properties: {
            resourceId: account.id
            blobContainerName: deadLetterContainerName
          }
        }
      }
      retryPolicy: {
        eventTimeToLiveInMinutes: deliveryMinutes
        maxDeliveryAttempts: 30
      }
    }
  }
]
