import { cosmosRoleIds } from 'roles.bicep'

@description('Name of the primary Cosmos account.')
param accountName string

@description('Name of the database.')
param databaseName string

@description('Object id of who deploys: `npm run bootstrap` makes the first tenant and key with their identity.')
param principalId string

// What bootstrap writes: the tenant and its key.
var container = 'catalog'

resource account 'Microsoft.DocumentDB/databaseAccounts@2025-10-15' existing = {
  name: accountName

  resource contributor 'sqlRoleDefinitions' existing = { name: cosmosRoleIds.dataContributor }
}

resource assignment 'Microsoft.DocumentDB/databaseAccounts/sqlRoleAssignments@2025-10-15' = {
  parent: account
  name: guid(account.id, container, principalId, cosmosRoleIds.dataContributor)
  properties: {
    principalId: principalId
    roleDefinitionId: account::contributor.id
    scope: '${account.id}/dbs/${databaseName}/colls/${container}'
  }
}
