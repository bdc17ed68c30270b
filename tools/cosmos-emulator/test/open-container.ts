import type { Container, ContainerRequest, Database } from '@azure/cosmos'
import { CosmosClient } from '@azure/cosmos'

import { startCosmosEmulator } from '../src/index.ts'
import type { CosmosEmulator, EmulatorOptions } from '../src/index.ts'

/** An emulator in memory with one container, reached by the real client. */
export interface OpenedContainer extends AsyncDisposable {
  emulator: CosmosEmulator
  client: CosmosClient
  database: Database
  container: Container
}

/** Starts an emulator with a container whose partition key is `/tenantId`, or as its definition says. */
export async function openContainer(
  definition: Partial<ContainerRequest> = {},
  options: EmulatorOptions = {},
): Promise<OpenedContainer> {
  const emulator = await startCosmosEmulator(options)
  const client = clientOf(emulator)
  const { database } = await client.databases.createIfNotExists({ id: 'media' })
  const { container } = await database.containers.createIfNotExists({
    id: 'things',
    partitionKey: { paths: ['/tenantId'], kind: 'Hash' as never, version: 2 },
    ...definition,
  })
  return {
    emulator,
    client,
    database,
    container,
    [Symbol.asyncDispose]: async () => {
      client.dispose()
      await emulator.close()
    },
  }
}

/** A client of its own; of the first account where none is given. Who makes it disposes of it. */
export function clientOf(emulator: CosmosEmulator, account = emulator.accounts[0]): CosmosClient {
  if (!account) throw new Error('The emulator has no account.')
  return new CosmosClient({ endpoint: account.endpoint, key: account.key })
}

/** The status and sub-status with which a call failed, or with which it answered. */
export async function statusOf(
  call: Promise<{ statusCode?: number; code?: number }>,
): Promise<number | undefined> {
  try {
    const { statusCode, code } = await call
    return statusCode ?? code
  } catch (error) {
    return Number((error as { code?: unknown }).code)
  }
}

/** The definition of a hierarchical partition key. */
export function hierarchicalKey(...paths: string[]): Partial<ContainerRequest> {
  return { partitionKey: { paths, kind: 'MultiHash' as never, version: 2 } }
}
