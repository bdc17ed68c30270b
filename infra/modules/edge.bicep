import { deploymentContext } from 'context.bicep'
import { frontDoorName, functionAppUrl } from 'names.bicep'

@description('Where and how all of it is deployed.')
param context deploymentContext

@description('Region of what stands behind the console; its pages are served from everywhere.')
param consoleLocation 'westus2' | 'centralus' | 'eastus2' | 'westeurope' | 'eastasia'

@description('Plan of the console.')
param consolePlan 'Free' | 'Standard'

@description('Front Door before API, media and console; `premium`: with firewall rules that Microsoft keeps up to date.')
param frontDoor 'none' | 'standard' | 'premium'

var hasFrontDoor = frontDoor != 'none'
var profileName = frontDoorName(context.token)
var endpointName = 'zoetrope-${context.token}'

module console 'console-site.bicep' = {
  params: { name: 'stapp-${context.token}', location: consoleLocation, tags: context.tags, plan: consolePlan }
}

module profile 'front-door.bicep' = if (hasFrontDoor) {
  params: {
    name: profileName
    endpointName: endpointName
    tags: context.tags
    hasManagedRules: frontDoor == 'premium'
  }
}

module routes 'front-door-routes.bicep' = if (hasFrontDoor) {
  dependsOn: [profile]
  params: {
    profileName: profileName
    endpointName: endpointName
    routes: [
      {
        name: 'api'
        hostName: replace(functionAppUrl('api', context.token), 'https://', '')
        patterns: ['/v1/*', '/openapi.json', '/health']
        isCached: false
      }
      {
        name: 'delivery'
        hostName: replace(functionAppUrl('delivery', context.token), 'https://', '')
        patterns: ['/i/*', '/p/*']
        isCached: true
      }
      { name: 'console', hostName: console.outputs.hostName, patterns: ['/*'], isCached: false }
    ]
  }
}

@description('Address of the API.')
output apiUrl string = hasFrontDoor ? 'https://${profile!.outputs.hostName}' : functionAppUrl('api', context.token)

@description('Address of the media.')
output deliveryUrl string = hasFrontDoor
  ? 'https://${profile!.outputs.hostName}'
  : functionAppUrl('delivery', context.token)

@description('Address of the console.')
output consoleUrl string = 'https://${hasFrontDoor ? profile!.outputs.hostName : console.outputs.hostName}'

@description('Id that requests by way of Front Door carry; empty without one.')
output frontDoorId string = hasFrontDoor ? profile!.outputs.profileId : ''
