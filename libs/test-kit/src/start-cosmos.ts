import { resolve } from 'node:path'

import type { Database, IndexingPolicy, PartitionKeyDefinition } from '@azure/cosmos'
import { CosmosClient } from '@azure/cosmos'
import { cosmosContainers, cosmosDatabaseName } from '@zoetrope/contracts'

import { startProgram } from './start-program.ts'

/** A running Cosmos DB emulator, with the database and every container of the product, empty. */
export interface RunningCosmos extends AsyncDisposable {
  readonly connectionString: string
  /** Where it answers by HTTPS, where that was asked for. */
  readonly httpsEndpoint?: string
  readonly database: Database
}

const cli = resolve(import.meta.dirname, '../../../tools/cosmos-emulator/src/cli.ts')

/** Starts the Cosmos DB emulator as a process of its own, on a free port, in memory; with a data folder, there, and with a certificate beside (`certificate.pem`, `certificate-key.pem`). */
export async function startCosmos(dataFolder?: string): Promise<RunningCosmos> {
  const place = dataFolder === undefined ? ['--memory'] : ['--https', '--data', dataFolder]
  const program = await startProgram([cli, 'start', '--port', '0', ...place], /^Emulator ready: (.*)$/)
  try {
    const { endpoint, key, httpsEndpoint } = JSON.parse(program.ready) as {
      endpoint: string
      key: string
      httpsEndpoint?: string
    }
    const connectionString = `AccountEndpoint=${endpoint};AccountKey=${key};`
    const client = new CosmosClient(connectionString)
    return {
      connectionString,
      ...(httpsEndpoint ? { httpsEndpoint } : {}),
      database: await createContainers(client),
      [Symbol.asyncDispose]: async () => {
        client.dispose()
        await program[Symbol.asyncDispose]()
      },
    }
  } catch (error) {
    await program[Symbol.asyncDispose]()
    throw error
  }
}

async function createContainers(client: CosmosClient): Promise<Database> {
  const { database } = await client.databases.create({ id: cosmosDatabaseName })
  for (const { name, partitionKeyPaths, defaultTtlSeconds: defaultTtl, indexingPolicy } of cosmosContainers) {
    const kind = partitionKeyPaths.length > 1 ? 'MultiHash' : 'Hash'
    const partitionKey = { paths: [...partitionKeyPaths], kind, version: 2 } as PartitionKeyDefinition
    await database.containers.create({
      id: name,
      partitionKey,
      defaultTtl,
      indexingPolicy: indexingPolicy as unknown as IndexingPolicy,
    })
  }
  return database
}
