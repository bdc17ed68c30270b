@description('Name of the profile.')
param name string

@description('Name of the endpoint; its host name begins with it.')
param endpointName string

@description('Tags of every resource.')
param tags { *: string }

@description('Rules that Microsoft keeps up to date look at every request (the Premium plan).')
param hasManagedRules bool

// Of one address, before it has to wait: a player asks for one piece every few seconds, the console for a page of pictures at once.
var requestsPerMinute = 3000
var plan = hasManagedRules ? 'Premium_AzureFrontDoor' : 'Standard_AzureFrontDoor'

resource profile 'Microsoft.Cdn/profiles@2025-06-01' = {
  name: name
  location: 'global'
  tags: tags
  sku: { name: plan }
  properties: {
    // A large file is sent for as long as the longest request of an app may take.
    originResponseTimeoutSeconds: 240
  }

  resource endpoint 'afdEndpoints' = {
    name: endpointName
    location: 'global'
    tags: tags
    properties: { enabledState: 'Enabled' }
  }

  resource protection 'securityPolicies' = {
    name: 'firewall'
    properties: {
      parameters: {
        type: 'WebApplicationFirewall'
        wafPolicy: { id: firewall.id }
        associations: [
          {
            domains: [{ id: endpoint.id }]
            patternsToMatch: ['/*']
          }
        ]
      }
    }
  }
}

resource firewall 'Microsoft.Network/FrontDoorWebApplicationFirewallPolicies@2025-03-01' = {
  name: 'waf${replace(name, '-', '')}'
  location: 'global'
  tags: tags
  sku: { name: plan }
  properties: {
    policySettings: {
      enabledState: 'Enabled'
      mode: 'Prevention'
      requestBodyCheck: 'Enabled'
    }
    customRules: {
      rules: [
        {
          name: 'TooManyRequests'
          priority: 100
          enabledState: 'Enabled'
          ruleType: 'RateLimitRule'
          rateLimitDurationInMinutes: 1
          rateLimitThreshold: requestsPerMinute
          action: 'Block'
          matchConditions: [
            {
              matchVariable: 'RemoteAddr'
              operator: 'IPMatch'
              matchValue: ['0.0.0.0/0', '::/0']
            }
          ]
        }
      ]
    }
    managedRules: {
      managedRuleSets: hasManagedRules
        ? [
            { ruleSetType: 'Microsoft_DefaultRuleSet', ruleSetVersion: '2.1', ruleSetAction: 'Block' }
            { ruleSetType: 'Microsoft_BotManagerRuleSet', ruleSetVersion: '1.1' }
          ]
        : []
    }
  }
}

@description('Host name of the endpoint.')
output hostName string = profile::endpoint.properties.hostName

@description('Id that requests of this profile carry (X-Azure-FDID).')
output profileId string = profile.properties.frontDoorId
