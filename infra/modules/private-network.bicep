import { privateService } from 'private-endpoints.bicep'

@description('Name of the virtual network.')
param name string

@description('Region.')
param location string

@description('Tags of every resource.')
param tags { *: string }

@description('Addresses of the network (CIDR, /22 or larger).')
param addressPrefix string

@description('Services that are reached within the network.')
param services privateService[]

module network 'network.bicep' = {
  params: { name: name, location: location, tags: tags, addressPrefix: addressPrefix }
}

module endpoints 'private-endpoints.bicep' = {
  dependsOn: [network]
  params: { networkName: name, location: location, tags: tags, services: services }
}

@description('Subnet of the apps.')
output appsSubnetId string = network.outputs.appsSubnetId

@description('Subnet of the environment of Container Apps.')
output containerAppsSubnetId string = network.outputs.containerAppsSubnetId
