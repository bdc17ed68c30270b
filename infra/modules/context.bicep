@export()
@description('What nearly every module needs to know of the deployment.')
type deploymentContext = {
  @description('Region of all but the replica.')
  location: string
  @description('Thirteen letters and digits that are this environment\'s own; every name has them.')
  token: string
  @description('Tags of every resource.')
  tags: { *: string }
  @description('Storage in several zones of the region, and instances of what is to go on where one is lost.')
  isZoneRedundant: bool
  @description('Databases, queues and the apps\' own storage are reached by way of a virtual network only.')
  isPrivateNetwork: bool
}
