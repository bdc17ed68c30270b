import { deploymentContext } from 'context.bicep'
import { insightsName, workspaceName } from 'names.bicep'

@description('Where and how all of it is deployed.')
param context deploymentContext

@description('Days for which logs are kept.')
@minValue(30)
@maxValue(730)
param retentionDays int

@description('Most that is taken in a day, GB; then nothing until the next one. -1: no limit.')
param dailyLimitGb int

resource workspace 'Microsoft.OperationalInsights/workspaces@2025-07-01' = {
  name: workspaceName(context.token)
  location: context.location
  tags: context.tags
  properties: {
    sku: { name: 'PerGB2018' }
    retentionInDays: retentionDays
    workspaceCapping: { dailyQuotaGb: dailyLimitGb }
    features: {
      disableLocalAuth: true
      enableLogAccessUsingOnlyResourcePermissions: true
    }
  }

  // What apps record as lines of their logs, as a table. Workbook and alerts read nothing else.
  resource metrics 'savedSearches' = {
    name: 'zoetrope-metrics'
    properties: {
      #disable-next-line BCP037 // Without it a second deployment is refused (409); the type names it elsewhere, where the service does not look.
      etag: '*'
      category: 'Zoetrope'
      displayName: 'Metrics that the apps record'
      functionAlias: 'ZoetropeMetrics'
      version: 2
      query: loadTextContent('../workbooks/metrics.kql')
    }
  }
}

resource insights 'Microsoft.Insights/components@2020-02-02' = {
  name: insightsName(context.token)
  location: context.location
  tags: context.tags
  kind: 'web'
  properties: {
    Application_Type: 'web'
    WorkspaceResourceId: workspace.id
    IngestionMode: 'LogAnalytics'
    DisableLocalAuth: true
    DisableIpMasking: false
  }
}
