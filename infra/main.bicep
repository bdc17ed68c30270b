import { cosmosEndpoint } from 'modules/app-settings.bicep'
import { appSize } from 'modules/app-sizes.bicep'
import { deploymentContext } from 'modules/context.bicep'
import { cosmosCapacity as capacity } from 'modules/cosmos.bicep'
import { appManifest, productResources } from 'modules/manifest.bicep'
import { mediaAccountName, primaryAccountName } from 'modules/names.bicep'
import { neighbourOf } from 'modules/regions.bicep'

targetScope = 'subscription'

@description('Name of the environment; the resource group is `rg-` and it.')
@minLength(1)
@maxLength(40)
param environmentName string
@description('Region of all but the replica.')
@metadata({ azd: { type: 'location' } })
param location string
@description('Region of the replica of the database; another than `location`.')
param replicaLocation string = neighbourOf(location)
@description('Tags of every resource.')
param tags { *: string } = {}
@description('Object id of who deploys; given the right to make the first tenant and key. Empty: nobody is.')
param deployerPrincipalId string = deployer().objectId

@description('Where orchestrations keep their state: Azure Storage, or a Durable Task Scheduler. The zip of the app has the host.json that goes with it.')
param durableBackend 'storage' | 'dts' = 'storage'
@description('Apps that run on Container Apps instead of Flex Consumption, for files that need more disk: the image of each, in the registry made for them. One without an image waits for it.')
param containerImages { *: string } = {}
@description('Sizes of apps, by name; others have their usual one.')
param appSizes { *: appSize } = {}
@description('Values of settings that differ from the default, by app.')
param appValues { *: { *: string } } = {}

@description('Storage in several zones of the region, and the instances of zoneRedundantApps.')
param isZoneRedundant bool = false
@description('Apps whose instances go on where a zone is lost. Azure keeps two of each of their groups of functions running, and bills them; work of the others waits in its queue until their zone is back.')
param zoneRedundantApps string[] = ['api', 'delivery']
@description('Databases, queues and the apps\' own storage are reached by way of a virtual network only.')
param isPrivateNetwork bool = false
@description('Addresses of the virtual network (CIDR, /22 or larger); those of no network that it is to be joined with.')
param networkAddressPrefix string = '10.40.0.0/22'

@description('Capacity of the primary database.')
param cosmosCapacity capacity = { kind: 'serverless' }
@description('Capacity of the replica.')
param replicaCapacity capacity = { kind: 'serverless' }

@description('Addresses that may reach the media account from outside, single ones or CIDR up to /30; empty: all, with a SAS. Needs isPrivateNetwork.')
param uploadAddresses string[] = []
@description('Origins, besides the console, whose pages may call the API and upload.')
param corsOrigins string[] = []
@description('Days for which deleted and replaced blobs can be brought back.')
param recoveryDays int = 7
@description('Days after which renditions move to the cool tier; 0: never.')
param coolRenditionsAfterDays int = 0

@description('Front Door before API, media and console; `premium`: with firewall rules that Microsoft keeps up to date.')
param frontDoor 'none' | 'standard' | 'premium' = 'none'
@description('Public address of the media, where it is neither that of Front Door nor of the delivery app.')
param deliveryUrl string = ''
@description('Region of what stands behind the console.')
param consoleLocation 'westus2' | 'centralus' | 'eastus2' | 'westeurope' | 'eastasia' = 'westeurope'
@description('Plan of the console; `Standard` has a service level agreement.')
param consolePlan 'Free' | 'Standard' = 'Free'

@description('Who is told of alerts and of the budget.')
param alertEmails string[] = []
@description('Days for which logs are kept.')
param logRetentionDays int = 30
@description('Most that is logged in a day, GB; -1: no limit. Alerts look at logs: without logs there are none.')
param logLimitGb int = -1
@description('Every read and write of data is logged too.')
param isFullAudit bool = false

@description('What a month may cost, in the currency of the subscription; 0: no budget.')
@minValue(0)
param budgetAmount int = 0
@description('First day of the month in which the budget began (yyyy-MM-01); empty: this month. Azure refuses an earlier month at first, and another one later: from the second month on, give the first.')
param budgetStartDate string = ''
@description('Not to be given.')
param thisMonth string = utcNow('yyyy-MM-01')

var apps appManifest[] = loadJsonContent('../apps/manifests.json')
var resources productResources = loadJsonContent('../apps/resources.json')
var context deploymentContext = {
  location: location
  token: uniqueString(subscription().id, environmentName, location)
  tags: union(tags, { 'azd-env-name': environmentName, product: 'zoetrope' })
  isZoneRedundant: isZoneRedundant
  isPrivateNetwork: isPrivateNetwork
}
var mediaUrl = empty(deliveryUrl) ? edge.outputs.deliveryUrl : deliveryUrl
var allOrigins = union([edge.outputs.consoleUrl], corsOrigins)
// Apps without a network come from addresses that no rule can name.
var openAddresses = empty(uploadAddresses) || isPrivateNetwork
  ? uploadAddresses
  : fail('uploadAddresses needs isPrivateNetwork: the apps could not reach the media account.')

resource group 'Microsoft.Resources/resourceGroups@2025-04-01' = {
  name: 'rg-${environmentName}'
  location: location
  tags: context.tags
}

module monitoring 'modules/monitoring.bicep' = {
  scope: group
  params: { context: context, retentionDays: logRetentionDays, dailyLimitGb: logLimitGb }
}

module edge 'modules/edge.bicep' = {
  scope: group
  params: { context: context, consoleLocation: consoleLocation, consolePlan: consolePlan, frontDoor: frontDoor }
}

module data 'modules/data.bicep' = {
  scope: group
  params: {
    context: context
    apps: apps
    resources: resources
    replicaLocation: replicaLocation
    cosmosCapacity: cosmosCapacity
    replicaCapacity: replicaCapacity
    durableBackend: durableBackend
    uploadAddresses: openAddresses
    corsOrigins: allOrigins
    recoveryDays: recoveryDays
    coolRenditionsAfterDays: coolRenditionsAfterDays
  }
}

module network 'modules/private-network.bicep' = if (isPrivateNetwork) {
  scope: group
  dependsOn: [data]
  params: { context: context, apps: apps, addressPrefix: networkAddressPrefix, durableBackend: durableBackend }
}

module appDeployments 'modules/apps.bicep' = {
  scope: group
  dependsOn: [monitoring, data]
  params: {
    context: context
    apps: apps
    addresses: { ZOETROPE_DELIVERY_URL: mediaUrl, ZOETROPE_CORS_ORIGINS: join(allOrigins, ',') }
    appValues: appValues
    sizes: appSizes
    databaseName: resources.cosmosDatabase
    durableBackend: durableBackend
    containerImages: containerImages
    zoneRedundantApps: zoneRedundantApps
    subnetId: isPrivateNetwork ? network!.outputs.appsSubnetId : ''
    containerSubnetId: isPrivateNetwork ? network!.outputs.containerAppsSubnetId : ''
    frontDoorId: edge.outputs.frontDoorId
  }
}

module observability 'modules/observability.bicep' = {
  scope: group
  dependsOn: [appDeployments]
  params: {
    context: context
    apps: apps
    containerApps: objectKeys(containerImages)
    hasFrontDoor: frontDoor != 'none'
    emails: filter(alertEmails, email => !empty(email))
    isFullAudit: isFullAudit
    budgetAmount: budgetAmount
    budgetStartDate: empty(budgetStartDate) ? thisMonth : budgetStartDate
  }
}

module deployerRoles 'modules/deployer-roles.bicep' = if (!empty(deployerPrincipalId)) {
  scope: group
  dependsOn: [appDeployments]
  params: {
    accountName: primaryAccountName(context.token)
    databaseName: resources.cosmosDatabase
    principalId: deployerPrincipalId
  }
}

@description('Region.')
output AZURE_LOCATION string = location
@description('Resource group.')
output AZURE_RESOURCE_GROUP string = group.name
@description('Media storage account.')
output AZURE_STORAGE_ACCOUNT string = mediaAccountName(context.token)
@description('Primary Cosmos account.')
output AZURE_COSMOS_ENDPOINT string = cosmosEndpoint(primaryAccountName(context.token))
@description('Where orchestrations keep their state; the package of the app must have been made for it.')
output ZOETROPE_DURABLE_BACKEND string = durableBackend
@description('Address of the API.')
output ZOETROPE_API_URL string = edge.outputs.apiUrl
@description('Address of the media.')
output ZOETROPE_DELIVERY_URL string = mediaUrl
@description('Address of the console.')
output ZOETROPE_CONSOLE_URL string = edge.outputs.consoleUrl
