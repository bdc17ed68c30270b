@description('Name of the site.')
param name string

@description('Region of what stands behind the site; its pages are served from everywhere.')
param location 'westus2' | 'centralus' | 'eastus2' | 'westeurope' | 'eastasia'

@description('Tags of every resource.')
param tags { *: string }

@description('Plan: `Standard` has a service level agreement.')
param plan 'Free' | 'Standard'

// Its headers (Content-Security-Policy) and config.json are made when it is deployed: staticwebapp.config.json.
resource site 'Microsoft.Web/staticSites@2025-03-01' = {
  name: name
  location: location
  tags: union(tags, { 'azd-service-name': 'console' })
  sku: { name: plan, tier: plan }
  properties: {
    // Pages come from elsewhere: without saying so, a deployment after theirs may be refused for changing who brings them.
    provider: 'Custom'
    allowConfigFileUpdates: true
    stagingEnvironmentPolicy: 'Disabled'
    publicNetworkAccess: 'Enabled'
  }
}

@description('Host name of the site.')
output hostName string = site.properties.defaultHostname
