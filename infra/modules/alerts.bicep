import { logAlerts } from 'log-alerts.bicep'

@description('Name of the workspace whose logs are looked at.')
param workspaceName string

@description('Region of the workspace.')
param location string

@description('Tags of every resource.')
param tags { *: string }

@description('Names of the Cosmos accounts.')
param cosmosAccountNames string[]

@description('Name of the Event Grid topic of the media account.')
param topicName string

@description('E-mail addresses that are told; empty: alerts are only seen in the portal.')
param emails string[]

@description('Address of the runbook; the name of the alert is the anchor in it.')
param runbook string

resource workspace 'Microsoft.OperationalInsights/workspaces@2025-07-01' existing = {
  name: workspaceName
}

resource accounts 'Microsoft.DocumentDB/databaseAccounts@2025-10-15' existing = [
  for name in cosmosAccountNames: {
    name: name
  }
]

resource topic 'Microsoft.EventGrid/systemTopics@2025-02-15' existing = {
  name: topicName
}

resource receivers 'Microsoft.Insights/actionGroups@2023-01-01' = {
  name: 'operators'
  location: 'global'
  tags: tags
  properties: {
    groupShortName: 'operators'
    enabled: true
    emailReceivers: [
      for email in emails: {
        name: email
        emailAddress: email
        useCommonAlertSchema: true
      }
    ]
  }
}

resource logRules 'Microsoft.Insights/scheduledQueryRules@2026-03-01' = [
  for alert in logAlerts: {
    name: alert.name
    location: location
    tags: tags
    kind: 'LogAlert'
    properties: {
      displayName: alert.name
      description: '${alert.what} What to do: ${runbook}#${alert.name}'
      severity: alert.severity
      enabled: true
      autoMitigate: true
      scopes: [workspace.id]
      evaluationFrequency: 'PT5M'
      windowSize: alert.window
      // The function ZoetropeMetrics is made in the same deployment, and may not be known yet.
      skipQueryValidation: true
      criteria: {
        allOf: [
          {
            query: alert.query
            metricMeasureColumn: 'Value'
            timeAggregation: alert.aggregation
            operator: 'GreaterThan'
            threshold: alert.threshold
            dimensions: [{ name: alert.dimension, operator: 'Include', values: ['*'] }]
            failingPeriods: { numberOfEvaluationPeriods: 1, minFailingPeriodsToAlert: 1 }
          }
        ]
      }
      actions: {
        actionGroups: [receivers.id]
        customProperties: { runbook: '${runbook}#${alert.name}' }
      }
    }
  }
]

resource throttled 'Microsoft.Insights/metricAlerts@2026-01-01' = [
  for (name, index) in cosmosAccountNames: {
    name: 'throttled-database-${name}'
    location: 'global'
    tags: tags
    properties: {
      description: '${name} refuses requests because its throughput is used up (429). What to do: ${runbook}#throttled-database'
      severity: 2
      enabled: true
      autoMitigate: true
      scopes: [accounts[index].id]
      evaluationFrequency: 'PT5M'
      windowSize: 'PT15M'
      criteria: {
        'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
        allOf: [
          {
            name: 'throttled'
            criterionType: 'StaticThresholdCriterion'
            metricNamespace: 'Microsoft.DocumentDB/databaseAccounts'
            metricName: 'TotalRequests'
            dimensions: [{ name: 'StatusCode', operator: 'Include', values: ['429'] }]
            timeAggregation: 'Count'
            operator: 'GreaterThan'
            threshold: 100
          }
        ]
      }
      actions: [{ actionGroupId: receivers.id }]
    }
  }
]

resource undelivered 'Microsoft.Insights/metricAlerts@2026-01-01' = {
  name: 'undelivered-events'
  location: 'global'
  tags: tags
  properties: {
    description: 'Events of stored files could not be delivered to their queue and were put aside. What to do: ${runbook}#undelivered-events'
    severity: 2
    enabled: true
    autoMitigate: true
    scopes: [topic.id]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT15M'
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
      allOf: [
        {
          name: 'dead-lettered'
          criterionType: 'StaticThresholdCriterion'
          metricNamespace: 'Microsoft.EventGrid/systemTopics'
          metricName: 'DeadLetteredCount'
          timeAggregation: 'Total'
          operator: 'GreaterThan'
          threshold: 0
        }
      ]
    }
    actions: [{ actionGroupId: receivers.id }]
  }
}

@description('Id of the action group that tells the operators.')
output actionGroupId string = receivers.id
