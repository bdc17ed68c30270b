import { connectTable } from '../storage/connections.ts'
import { HostError } from '../errors.ts'
import type { BindingData, BindingTemplate } from './binding-expression.ts'
import type { InputBinding } from './binding-kind.ts'
import { isMissing } from '../storage/create-when-missing.ts'
import { toRowJson } from './table-entity.ts'

/** One row by both keys, nothing when there is none; else the rows of a partition and filter, at most `take`, as a list. */
export const tableInput: InputBinding = {
  type: 'table',
  prepare(properties, { settings }) {
    const connection = properties.connection('table')
    const tableName = properties.requiredTemplate('tableName')
    const partitionKey = properties.template('partitionKey')
    const rowKey = properties.template('rowKey')
    const filter = properties.template('filter')
    const take = properties.count('take')
    if (rowKey && !partitionKey)
      throw new HostError(`The ${properties.title} has a "rowKey" and no "partitionKey". Give it both.`)
    return async (data) => {
      const table = await connectTable(settings, connection, tableName.bind(data))
      if (partitionKey && rowKey) {
        try {
          const row = await table.getEntity(partitionKey.bind(data), rowKey.bind(data), {
            disableTypeConversion: true,
          })
          return { json: toRowJson(row) }
        } catch (error) {
          if (isMissing(error)) return undefined
          throw error
        }
      }
      const query = toQuery({ partitionKey, filter }, data)
      const rows = table.listEntities({
        disableTypeConversion: true,
        ...(query ? { queryOptions: { filter: query } } : {}),
      })
      const texts: string[] = []
      for await (const page of rows.byPage({ maxPageSize: Math.min(take ?? 1000, 1000) })) {
        texts.push(...page.map(toRowJson))
        if (take !== undefined && texts.length >= take) break
      }
      return { json: `[${texts.slice(0, take).join(',')}]` }
    }
  },
}

function toQuery(
  {
    partitionKey,
    filter,
  }: { partitionKey: BindingTemplate | undefined; filter: BindingTemplate | undefined },
  data: BindingData,
): string {
  const parts = [
    ...(partitionKey ? [`PartitionKey eq '${escapeQuotes(partitionKey.bind(data))}'`] : []),
    ...(filter ? [bindFilter(filter, data)] : []),
  ]
  return parts.length === 2 ? `${parts[0]} and (${parts[1]})` : parts.join('')
}

/** A value stays a value: in quotes its own quotes are doubled, outside it can be a number or a boolean. @throws HostError */
export function bindFilter(filter: BindingTemplate, data: BindingData): string {
  return filter.bindWith(data, (value, path, before) => {
    if (before.split("'").length % 2 === 0) return escapeQuotes(value)
    if (/^(?:[-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?L?|true|false)$/i.test(value)) return value.toLowerCase()
    throw new HostError(
      `The value of {${path}} is no number and no boolean. Put the expression into quotes: '{${path}}'.`,
    )
  })
}

function escapeQuotes(text: string): string {
  return text.replaceAll("'", "''")
}
