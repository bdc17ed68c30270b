import type { CosmosClient } from '@azure/cosmos'

import { connectCosmos } from '../storage/connections.ts'
import { HostError } from '../errors.ts'
import type { OutputBinding } from './binding-kind.ts'
import { formerCosmosNames } from './cosmos-names.ts'
import { createWhenMissing } from '../storage/create-when-missing.ts'
import { toObjects } from './output-elements.ts'

/** Upserts documents, one per element of a list; JSON text is parsed. With `createIfNotExists` a missing container is made. */
export const cosmosOutput: OutputBinding = {
  type: 'cosmosdb',
  formerNames: formerCosmosNames,
  prepare(properties, { settings }) {
    const connection = properties.connection('cosmos')
    const databaseTemplate = properties.requiredTemplate('databaseName')
    const containerTemplate = properties.requiredTemplate('containerName')
    const partitionKeyTemplate = properties.template('partitionKey')
    const throughput = properties.count('containerThroughput')
    const canCreate = properties.isOn('createIfNotExists')
    return async (value, data) => {
      const documents = toObjects(value, properties.title)
      const client = await connectCosmos(settings, connection)
      const [databaseName, containerName] = [databaseTemplate.bind(data), containerTemplate.bind(data)]
      const { items } = client.database(databaseName).container(containerName)
      const create = async (): Promise<void> => {
        const partitionKey = partitionKeyTemplate?.bind(data)
        if (partitionKey === undefined)
          throw new HostError(`The ${properties.title} has no "partitionKey" to make its container with.`)
        await createContainer(client, { databaseName, containerName, partitionKey, throughput })
      }
      for (const document of documents) {
        const upsert = (): Promise<unknown> => items.upsert(document)
        await (canCreate ? createWhenMissing(upsert, create) : upsert())
      }
      return undefined
    }
  },
}

async function createContainer(
  client: CosmosClient,
  options: {
    databaseName: string
    containerName: string
    partitionKey: string
    throughput: number | undefined
  },
): Promise<void> {
  const { databaseName, containerName, partitionKey, throughput } = options
  const { database } = await client.databases.createIfNotExists({ id: databaseName })
  await database.containers.createIfNotExists({
    id: containerName,
    partitionKey,
    ...(throughput === undefined ? {} : { throughput }),
  })
}
