import { resolvedSetting } from 'app-settings.bicep'

@description('Name of the app: at most 32 letters, digits and hyphens.')
param name string

@description('Region.')
param location string

@description('Tags of every resource.')
param tags { *: string }

@description('Container Apps environment that it runs in.')
param environmentName string

@description('Registry that it pulls from.')
param registryServer string

@description('Image, with its registry and tag.')
param image string

@description('Name of the app\'s identity.')
param identityName string

@description('Application Insights component that the app reports to.')
param insightsName string

@description('Settings.')
param settings resolvedSetting[]

@description('Addresses that only Azure knows, by the setting that carries them.')
param addresses { *: string }

@description('Most replicas at once. The platform scales by the app\'s own triggers: rules of ours it refuses.')
@minValue(1)
@maxValue(1000)
param maxReplicas int

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' existing = {
  name: identityName
}

resource insights 'Microsoft.Insights/components@2020-02-02' existing = {
  name: insightsName
}

resource environment 'Microsoft.App/managedEnvironments@2026-01-01' existing = {
  name: environmentName
}

// With a host account that takes no keys, the host keeps its own secrets in files.
var containerSettings resolvedSetting[] = [
  { name: 'FUNCTIONS_WORKER_RUNTIME', source: 'text', value: 'node' }
  { name: 'AzureWebJobsSecretStorageType', source: 'text', value: 'Files' }
]

resource app 'Microsoft.App/containerApps@2026-01-01' = {
  name: name
  location: location
  tags: tags
  kind: 'functionapp'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: { '${identity.id}': {} }
  }
  properties: {
    environmentId: environment.id
    workloadProfileName: 'Consumption'
    configuration: {
      activeRevisionsMode: 'Single'
      ingress: { external: false, targetPort: 80, allowInsecure: false }
      registries: [{ server: registryServer, identity: identity.id }]
    }
    template: {
      containers: [
        {
          name: 'functions'
          image: image
          // As much as the Consumption profile has; 8 GiB of disk go with it.
          resources: { cpu: json('4.0'), memory: '8Gi' }
          env: [
            for setting in concat(containerSettings, settings): {
              name: setting.name
              value: setting.source == 'address'
                ? addresses[setting.name]
                : setting.source == 'clientId'
                    ? identity.properties.clientId
                    : setting.source == 'insightsConnection'
                        ? insights.properties.ConnectionString
                        : setting.source == 'insightsAuthentication'
                            ? 'ClientId=${identity.properties.clientId};Authorization=AAD'
                            : setting.value
            }
          ]
        }
      ]
      scale: { minReplicas: 0, maxReplicas: maxReplicas }
    }
  }
}
