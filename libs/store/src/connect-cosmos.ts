import type { Database } from '@azure/cosmos'
import { CosmosClient } from '@azure/cosmos'
import type { Connection } from '@zoetrope/contracts'
import { cosmosDatabaseName, err } from '@zoetrope/contracts'

/** Connects to the product's database in a Cosmos account: nothing is sent until the first call. @throws SETTINGS_INVALID */
export function connectCosmos(connection: Connection): Database {
  return cosmosClient(connection).database(cosmosDatabaseName)
}

function cosmosClient({ name, connectionString, endpoints, identity }: Connection): CosmosClient {
  if (connectionString) return new CosmosClient(connectionString)
  const { accountEndpoint } = endpoints
  if (!accountEndpoint || !identity) {
    throw err('SETTINGS_INVALID', { detail: `${name}__accountEndpoint must be set.` })
  }
  return new CosmosClient({ endpoint: accountEndpoint, aadCredentials: identity })
}
