// The region that Azure pairs with it, else a near one where the same law holds. Of a country with one open region
// none is named: whether its data may leave is not ours to decide.
var neighbours = {
  australiaeast: 'australiasoutheast'
  canadacentral: 'canadaeast'
  centralindia: 'southindia'
  centralus: 'eastus2'
  eastasia: 'southeastasia'
  eastus: 'westus'
  eastus2: 'centralus'
  francecentral: 'westeurope'
  germanywestcentral: 'northeurope'
  italynorth: 'germanywestcentral'
  japaneast: 'japanwest'
  koreacentral: 'koreasouth'
  northcentralus: 'southcentralus'
  northeurope: 'westeurope'
  polandcentral: 'swedencentral'
  southcentralus: 'northcentralus'
  southeastasia: 'eastasia'
  spaincentral: 'francecentral'
  swedencentral: 'northeurope'
  uksouth: 'ukwest'
  westcentralus: 'westus2'
  westeurope: 'northeurope'
  westus: 'eastus'
  westus2: 'westcentralus'
  westus3: 'eastus'
}

@export()
@description('Region for the replica of what is in a region; fails where none is known: then replicaLocation names it.')
func neighbourOf(location string) string =>
  neighbours[?location] ?? fail('No region is known for the replica of \'${location}\': give the parameter replicaLocation.')
