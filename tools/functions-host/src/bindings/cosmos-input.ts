import type { SqlParameter, SqlQuerySpec } from '@azure/cosmos'

import { connectCosmos } from '../storage/connections.ts'
import { HostError } from '../errors.ts'
import type { BindingData, BindingTemplate } from './binding-expression.ts'
import type { InputBinding } from './binding-kind.ts'
import { formerCosmosNames } from './cosmos-names.ts'
import { isMissing } from '../storage/create-when-missing.ts'

/** One document by `id` and `partitionKey`, nothing when there is none; by `sqlQuery`, or without either, the documents as a list. */
export const cosmosInput: InputBinding = {
  type: 'cosmosdb',
  formerNames: formerCosmosNames,
  prepare(properties, { settings }) {
    const connection = properties.connection('cosmos')
    const databaseName = properties.requiredTemplate('databaseName')
    const containerName = properties.requiredTemplate('containerName')
    const id = properties.template('id')
    const partitionKey = properties.template('partitionKey')
    const sqlQuery = properties.template('sqlQuery')
    if (id && sqlQuery)
      throw new HostError(`The ${properties.title} has an "id" and a "sqlQuery". Keep one of them.`)
    return async (data) => {
      const client = await connectCosmos(settings, connection)
      const container = client.database(databaseName.bind(data)).container(containerName.bind(data))
      const key = partitionKey?.bind(data)
      if (id) {
        try {
          const { resource } = await container.item(id.bind(data), key).read<object>()
          return resource && { json: JSON.stringify(resource) }
        } catch (error) {
          if (isMissing(error)) return undefined
          throw error
        }
      }
      const query = sqlQuery ? toQuery(sqlQuery, data) : 'SELECT * FROM c'
      const { resources } = await container.items
        .query<unknown>(query, key === undefined ? {} : { partitionKey: key })
        .fetchAll()
      return { json: JSON.stringify(resources) }
    }
  },
}

/** A query whose expressions are parameters: what they stand for is never read as SQL. */
export function toQuery(sqlQuery: BindingTemplate, data: BindingData): SqlQuerySpec {
  const parameters = new Map<string, SqlParameter>()
  const query = sqlQuery.bindWith(data, (value, path) => {
    const name = `@${path.replaceAll(/\W/g, '_')}`
    parameters.set(name, { name, value })
    return name
  })
  return { query, parameters: [...parameters.values()] }
}
