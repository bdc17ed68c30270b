/** Properties of Cosmos DB bindings that version 3 of its extension named otherwise; the library writes either. Name today -> name then. */
export const formerCosmosNames: Readonly<Record<string, string>> = {
  connection: 'connectionStringSetting',
  containerName: 'collectionName',
  containerThroughput: 'collectionThroughput',
  createLeaseContainerIfNotExists: 'createLeaseCollectionIfNotExists',
  leaseConnection: 'leaseConnectionStringSetting',
  leaseContainerName: 'leaseCollectionName',
  leaseContainerPrefix: 'leaseCollectionPrefix',
  leasesContainerThroughput: 'leasesCollectionThroughput',
}
