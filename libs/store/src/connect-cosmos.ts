import type { Database } from '@azure/cosmos'
import { CosmosClient } from '@azure/cosmos'
import type { Connection } from '@zoetrope/contracts'
import { cosmosDatabaseName, err } from '@zoetrope/contracts'

/** Connects to the product's database in a Cosmos account: nothing is sent until the first call. @throws SETTINGS_INVALID */
export function connectCosmos(connection: Connection): Database {
  return cosmosClient(connection).database(cosmosDatabaseName)
}

function cosmosClient(connection: Connection): CosmosClient {
  if (connection.connectionString) return new CosmosClient(connection.connectionString)
  const { accountEndpoint } = connection.endpoints
  if (!accountEndpoint)
    throw err('SETTINGS_INVALID', { detail: `${connection.name}__accountEndpoint must be set.` })
  const { clientId } = connection
  let credential:
    | { getToken(scopes: string | string[]): Promise<{ token: string; expiresOnTimestamp: number } | null> }
    | undefined
  return new CosmosClient({
    endpoint: accountEndpoint,
    aadCredentials: {
      // The identity package is large, so it is loaded at the first token only.
      async getToken(scopes: string | string[]) {
        const { DefaultAzureCredential } = await import('@azure/identity')
        credential ??= new DefaultAzureCredential(clientId ? { managedIdentityClientId: clientId } : {})
        return credential.getToken(scopes)
      },
    },
  })
}
