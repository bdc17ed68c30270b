@description('Paths that go to one origin.')
type edgeRoute = {
  @description('Name of the origin.')
  name: string
  @description('Host name of the origin.')
  hostName: string
  @description('Paths.')
  patterns: string[]
  @description('Answers are kept at the edge for as long as their Cache-Control says.')
  isCached: bool
}

@description('Name of the profile.')
param profileName string

@description('Name of the endpoint.')
param endpointName string

@description('Routes.')
param routes edgeRoute[]

resource profile 'Microsoft.Cdn/profiles@2025-06-01' existing = {
  name: profileName

  resource endpoint 'afdEndpoints' existing = { name: endpointName }
}

// One origin each: to ask whether it is there would change nothing, and keep the apps awake.
resource groups 'Microsoft.Cdn/profiles/originGroups@2025-06-01' = [
  for route in routes: {
    parent: profile
    name: route.name
    properties: {
      sessionAffinityState: 'Disabled'
      loadBalancingSettings: {
        sampleSize: 4
        successfulSamplesRequired: 2
        additionalLatencyInMilliseconds: 0
      }
    }
  }
]

resource origins 'Microsoft.Cdn/profiles/originGroups/origins@2025-06-01' = [
  for (route, index) in routes: {
    parent: groups[index]
    name: route.name
    properties: {
      hostName: route.hostName
      originHostHeader: route.hostName
      httpsPort: 443
      enabledState: 'Enabled'
      enforceCertificateNameCheck: true
    }
  }
]

resource paths 'Microsoft.Cdn/profiles/afdEndpoints/routes@2025-06-01' = [
  for (route, index) in routes: {
    parent: profile::endpoint
    name: route.name
    // The group has no origin before.
    dependsOn: [origins[index]]
    properties: {
      originGroup: { id: groups[index].id }
      patternsToMatch: route.patterns
      supportedProtocols: ['Https', 'Http']
      httpsRedirect: 'Enabled'
      forwardingProtocol: 'HttpsOnly'
      linkToDefaultDomain: 'Enabled'
      cacheConfiguration: route.isCached
        ? {
            queryStringCachingBehavior: 'UseQueryString'
            compressionSettings: { isCompressionEnabled: false }
          }
        : null
    }
  }
]
