import { deploymentContext } from 'context.bicep'
import { hasSecrets } from 'app-settings.bicep'
import { appManifest } from 'manifest.bicep'
import {
  containerEnvironmentName
  frontDoorName
  functionAppName
  mediaAccountName
  primaryAccountName
  replicaAccountName
  topicName
  vaultName
  workspaceName
} from 'names.bicep'

@description('Where and how all of it is deployed.')
param context deploymentContext

@description('Every app.')
param apps appManifest[]

@description('Those of them that run on Container Apps.')
param containerApps string[]

@description('There is a Front Door.')
param hasFrontDoor bool

@description('E-mail addresses that are told of alerts and of the budget.')
param emails string[]

@description('Every read and write of data is logged.')
param isFullAudit bool

@description('What a month may cost, in the currency of the subscription; 0: no budget.')
param budgetAmount int

@description('First day of the month in which the budget begins (yyyy-MM-01).')
param budgetStartDate string

var workspace = workspaceName(context.token)
var topic = topicName(context.token)
var cosmosAccountNames = [primaryAccountName(context.token), replicaAccountName(context.token)]

module workbook 'workbook.bicep' = {
  params: { workspaceName: workspace, location: context.location, tags: context.tags }
}

module alerts 'alerts.bicep' = {
  params: {
    workspaceName: workspace
    location: context.location
    tags: context.tags
    cosmosAccountNames: cosmosAccountNames
    topicName: topic
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
    workspaceName: workspace
    mediaStorageName: mediaAccountName(context.token)
    cosmosAccountNames: cosmosAccountNames
    topicName: topic
    functionAppNames: map(
      filter(apps, app => !contains(containerApps, app.name)),
      app => functionAppName(app.name, context.token)
    )
    vaultName: empty(filter(apps, app => hasSecrets(app))) ? '' : vaultName(context.token)
    frontDoorName: hasFrontDoor ? frontDoorName(context.token) : ''
    containerEnvironmentName: empty(containerApps) ? '' : containerEnvironmentName(context.token)
    isFullAudit: isFullAudit
  }
}
