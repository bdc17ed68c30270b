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
@description('Name of a Cosmos DB account (at most 44 letters, digits and hyphens), unique in Azure.')
func cosmosAccountName(purpose string, token string) string => 'cosmos-${purpose}-${token}'

@export()
@description('Name of the Durable Task Scheduler.')
func schedulerName(token string) string => 'dts-${token}'

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
