@export()
@description('Name of a storage account (at most 24 letters and digits): `st`, up to 9 letters of its purpose, and 13 that are its own.')
func storageAccountName(purpose string, token string) string =>
  '${take('st${replace(purpose, '-', '')}', 11)}${uniqueString(token, purpose)}'

@export()
@description('Name of a function app (at most 60 letters, digits and hyphens), unique in Azure: its host name starts with it.')
func functionAppName(app string, token string) string => 'func-${take(app, 40)}-${token}'

@export()
@description('Address of a function app.')
func functionAppUrl(app string, token string) string => 'https://${functionAppName(app, token)}.azurewebsites.net'

@export()
@description('Name of the user-assigned identity of an app.')
func identityName(app string, token string) string => 'id-${app}-${token}'

@export()
@description('Name of the storage account of sources, renditions and queues.')
func mediaAccountName(token string) string => storageAccountName('media', token)

@export()
@description('Name of the primary Cosmos DB account (at most 44 letters, digits and hyphens), unique in Azure.')
func primaryAccountName(token string) string => 'cosmos-primary-${token}'

@export()
@description('Name of the Cosmos DB account of the replica, likewise.')
func replicaAccountName(token string) string => 'cosmos-replica-${token}'

@export()
@description('Name of the Durable Task Scheduler.')
func schedulerName(token string) string => 'dts-${token}'

@export()
@description('Name of the Log Analytics workspace.')
func workspaceName(token string) string => 'log-${token}'

@export()
@description('Name of the Application Insights component.')
func insightsName(token string) string => 'appi-${token}'

@export()
@description('Name of the Event Grid topic of the media account.')
func topicName(token string) string => 'evgt-media-${token}'

@export()
@description('Name of the Key Vault (at most 24 letters, digits and hyphens), unique in Azure.')
func vaultName(token string) string => 'kv-${token}'

@export()
@description('Name of the virtual network.')
func networkName(token string) string => 'vnet-${token}'

@export()
@description('Name of the environment of Container Apps.')
func containerEnvironmentName(token string) string => 'cae-${token}'

@export()
@description('Name of the Front Door profile.')
func frontDoorName(token string) string => 'afd-${token}'

@export()
@description('Name of the container registry (letters and digits), unique in Azure.')
func registryName(token string) string => 'cr${token}'

@export()
@description('Blob container of an app\'s host account that its code is deployed to.')
var packageContainerName = 'app-package'

@export()
@description('Blob container of the media account for events that could not be delivered.')
var deadLetterContainerName = 'dead-letters'

@export()
@description('Task hub of the orchestrations: the `hubName` of host.json.')
var taskHubName = 'zoetrope'
