@description('Name of the workspace.')
param workspaceName string

@description('Region.')
param location string

@description('Tags of every resource.')
param tags { *: string }

@description('Name of the media storage account.')
param mediaStorageName string

@description('Names of the Cosmos accounts.')
param cosmosAccountNames string[]

@description('Name of the Event Grid topic of the media account.')
param topicName string

@description('Names of the function apps.')
param functionAppNames string[]

@description('E-mail addresses that are told of alerts and of the budget.')
param emails string[]

@description('Key Vault; empty where there is none.')
param vaultName string

@description('Front Door profile; empty where there is none.')
param frontDoorName string

@description('Environment of Container Apps; empty where there is none.')
param containerEnvironmentName string

@description('Every read and write of data is logged.')
param isFullAudit bool

@description('What a month may cost, in the currency of the subscription; 0: no budget.')
param budgetAmount int

@description('First day of the month in which the budget begins (yyyy-MM-01).')
param budgetStartDate string

module workbook 'workbook.bicep' = {
  params: { workspaceName: workspaceName, location: location, tags: tags }
}

module alerts 'alerts.bicep' = {
  params: {
    workspaceName: workspaceName
    location: location
    tags: tags
    cosmosAccountNames: cosmosAccountNames
    topicName: topicName
    emails: emails
    runbook: 'docs/operations/alerts.md'
  }
}

module budget 'budget.bicep' = if (budgetAmount > 0) {
  params: {
    name: 'monthly'
    monthlyAmount: budgetAmount
    startDate: budgetStartDate
    actionGroupId: alerts.outputs.actionGroupId
  }
}

module diagnostics 'diagnostics.bicep' = {
  params: {
    workspaceName: workspaceName
    mediaStorageName: mediaStorageName
    cosmosAccountNames: cosmosAccountNames
    topicName: topicName
    functionAppNames: functionAppNames
    vaultName: vaultName
    frontDoorName: frontDoorName
    containerEnvironmentName: containerEnvironmentName
    isFullAudit: isFullAudit
  }
}
