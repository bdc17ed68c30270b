@description('Name of the workspace that logs go to.')
param workspaceName string

@description('Name of the media storage account.')
param mediaStorageName string

@description('Names of the Cosmos accounts.')
param cosmosAccountNames string[]

@description('Name of the Event Grid topic of the media account.')
param topicName string

@description('Names of the function apps.')
param functionAppNames string[]

@description('Key Vault; empty where there is none.')
param vaultName string

@description('Front Door profile; empty where there is none.')
param frontDoorName string

@description('Environment of Container Apps; empty where there is none.')
param containerEnvironmentName string

@description('Every read and write of data too, for an audit. Much more to pay for.')
param isFullAudit bool

var storageLogs = isFullAudit ? ['StorageRead', 'StorageWrite', 'StorageDelete'] : ['StorageDelete']
var edgeLogs = isFullAudit
  ? ['FrontDoorWebApplicationFirewallLog', 'FrontDoorAccessLog']
  : ['FrontDoorWebApplicationFirewallLog']
var cosmosLogs = isFullAudit ? ['ControlPlaneRequests', 'DataPlaneRequests'] : ['ControlPlaneRequests']

resource workspace 'Microsoft.OperationalInsights/workspaces@2025-07-01' existing = {
  name: workspaceName
}

resource media 'Microsoft.Storage/storageAccounts@2025-06-01' existing = {
  name: mediaStorageName

  resource blobs 'blobServices' existing = { name: 'default' }
  resource queues 'queueServices' existing = { name: 'default' }
}

resource accounts 'Microsoft.DocumentDB/databaseAccounts@2025-10-15' existing = [
  for name in cosmosAccountNames: {
    name: name
  }
]

resource topic 'Microsoft.EventGrid/systemTopics@2025-02-15' existing = {
  name: topicName
}

resource apps 'Microsoft.Web/sites@2025-03-01' existing = [
  for name in functionAppNames: {
    name: name
  }
]

#disable-next-line use-recent-api-versions // Newer than the last stable one, of 2016, which knows no destination type.
resource blobLogs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'to-workspace'
  scope: media::blobs
  properties: {
    workspaceId: workspace.id
    logs: [for category in storageLogs: { category: category, enabled: true }]
    metrics: [{ category: 'Transaction', enabled: true }]
  }
}

#disable-next-line use-recent-api-versions // Newer than the last stable one, of 2016, which knows no destination type.
resource queueLogs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'to-workspace'
  scope: media::queues
  properties: {
    workspaceId: workspace.id
    // Taking a message deletes it: what says that on every message is for an audit only.
    logs: [for category in isFullAudit ? storageLogs : []: { category: category, enabled: true }]
    metrics: [{ category: 'Transaction', enabled: true }]
  }
}

#disable-next-line use-recent-api-versions // Newer than the last stable one, of 2016, which knows no destination type.
resource cosmosSettings 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = [
  for (name, index) in cosmosAccountNames: {
    name: 'to-workspace'
    scope: accounts[index]
    properties: {
      workspaceId: workspace.id
      logAnalyticsDestinationType: 'Dedicated'
      logs: [for category in cosmosLogs: { category: category, enabled: true }]
    }
  }
]

#disable-next-line use-recent-api-versions // Newer than the last stable one, of 2016, which knows no destination type.
resource topicLogs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'to-workspace'
  scope: topic
  properties: {
    workspaceId: workspace.id
    logs: [{ category: 'DeliveryFailures', enabled: true }]
  }
}

// What functions say goes to Application Insights; here is what becomes of the app itself.
#disable-next-line use-recent-api-versions // Newer than the last stable one, of 2016, which knows no destination type.
resource appMetrics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = [
  for (name, index) in functionAppNames: {
    name: 'to-workspace'
    scope: apps[index]
    properties: {
      workspaceId: workspace.id
      metrics: [{ category: 'AllMetrics', enabled: true }]
    }
  }
]

resource vault 'Microsoft.KeyVault/vaults@2025-05-01' existing = if (!empty(vaultName)) {
  name: vaultName
}

#disable-next-line use-recent-api-versions // Newer than the last stable one, of 2016, which knows no destination type.
resource vaultLogs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = if (!empty(vaultName)) {
  name: 'to-workspace'
  scope: vault
  properties: {
    workspaceId: workspace.id
    logs: [{ category: 'AuditEvent', enabled: true }]
  }
}

resource frontDoor 'Microsoft.Cdn/profiles@2025-06-01' existing = if (!empty(frontDoorName)) {
  name: frontDoorName
}

#disable-next-line use-recent-api-versions // Newer than the last stable one, of 2016, which knows no destination type.
resource frontDoorLogs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = if (!empty(frontDoorName)) {
  name: 'to-workspace'
  scope: frontDoor
  properties: {
    workspaceId: workspace.id
    logs: [for category in edgeLogs: { category: category, enabled: true }]
  }
}

resource containerEnvironment 'Microsoft.App/managedEnvironments@2026-01-01' existing = if (!empty(containerEnvironmentName)) {
  name: containerEnvironmentName
}

#disable-next-line use-recent-api-versions // Newer than the last stable one, of 2016, which knows no destination type.
resource containerLogs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = if (!empty(containerEnvironmentName)) {
  name: 'to-workspace'
  scope: containerEnvironment
  properties: {
    workspaceId: workspace.id
    logs: map(['ContainerAppConsoleLogs', 'ContainerAppSystemLogs'], category => { category: category, enabled: true })
  }
}
