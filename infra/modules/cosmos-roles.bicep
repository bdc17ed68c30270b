import { identityName } from 'names.bicep'
import { cosmosRoleIds } from 'roles.bicep'

@description('Name of the account.')
param accountName string

@description('Name of the database.')
param databaseName string

@description('Name of the app whose identity is given the roles.')
param app string

@description('Thirteen letters and digits that are this environment\'s own.')
param token string

@description('Containers that the app only reads.')
param reads string[]

@description('Containers that the app writes.')
param writes string[]

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' existing = {
  name: identityName(app, token)
}

resource account 'Microsoft.DocumentDB/databaseAccounts@2025-10-15' existing = {
  name: accountName

  resource reader 'sqlRoleDefinitions' existing = { name: cosmosRoleIds.dataReader }
  resource contributor 'sqlRoleDefinitions' existing = { name: cosmosRoleIds.dataContributor }
}

@batchSize(1) // the account takes one change at a time
resource readerAssignments 'Microsoft.DocumentDB/databaseAccounts/sqlRoleAssignments@2025-10-15' = [
  for container in reads: {
    parent: account
    name: guid(account.id, container, identity.id, cosmosRoleIds.dataReader)
    properties: {
      principalId: identity.properties.principalId
      roleDefinitionId: account::reader.id
      scope: '${account.id}/dbs/${databaseName}/colls/${container}'
    }
  }
]

@batchSize(1)
resource contributorAssignments 'Microsoft.DocumentDB/databaseAccounts/sqlRoleAssignments@2025-10-15' = [
  for container in writes: {
    dependsOn: [readerAssignments]
    parent: account
    name: guid(account.id, container, identity.id, cosmosRoleIds.dataContributor)
    properties: {
      principalId: identity.properties.principalId
      roleDefinitionId: account::contributor.id
      scope: '${account.id}/dbs/${databaseName}/colls/${container}'
    }
  }
]
