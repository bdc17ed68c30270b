import { identityName } from 'names.bicep'

@description('Name of the app.')
param app string

@description('Region.')
param location string

@description('Thirteen letters and digits that are this environment\'s own.')
param token string

@description('Tags of every resource.')
param tags { *: string }

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: identityName(app, token)
  location: location
  tags: tags
}
