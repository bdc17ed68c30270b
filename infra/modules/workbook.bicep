@description('Name of the workspace whose logs it shows.')
param workspaceName string

@description('Region.')
param location string

@description('Tags of every resource.')
param tags { *: string }

resource workspace 'Microsoft.OperationalInsights/workspaces@2025-07-01' existing = {
  name: workspaceName
}

resource workbook 'Microsoft.Insights/workbooks@2023-06-01' = {
  name: guid(workspace.id, 'operations')
  location: location
  tags: tags
  kind: 'shared'
  properties: {
    displayName: 'Zoetrope: jobs, queues, latency, cost'
    category: 'workbook'
    sourceId: workspace.id
    serializedData: string(union(loadJsonContent('../workbooks/operations.json'), {
      fallbackResourceIds: [workspace.id]
    }))
  }
}
