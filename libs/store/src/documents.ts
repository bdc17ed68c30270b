import type { Container, ItemDefinition, OperationInput, SqlParameter } from '@azure/cosmos'
import { documentSchemaVersion, err, ZoetropeError } from '@zoetrope/contracts'
import type { z } from 'zod'

import { codeOf, retryWrite } from './retry-write.ts'

/** Partition of a document: the values of the container's partition key paths, in order. */
export type Partition = readonly string[]

/** A document that stands in the database. */
export interface StoredDocument {
  readonly id: string
  readonly kind: string
  readonly _etag?: string | undefined
}

/** One operation of a batch. A replace carries the etag that was read; a lost race fails the whole batch. */
export type BatchOperation =
  | { readonly type: 'create'; readonly document: StoredDocument }
  | { readonly type: 'upsert'; readonly document: StoredDocument }
  | { readonly type: 'replace'; readonly document: StoredDocument }

/** How a batch ended: written; or nothing was, because something was there already, gone, or changed since it was read. */
export type BatchOutcome = 'written' | 'exists' | 'missing' | 'changed'

/** A query inside one partition (or a prefix of its key). */
export interface DocumentQuery {
  readonly text: string
  readonly parameters?: Readonly<Record<string, unknown>>
  readonly limit?: number
}

/** Documents of one Cosmos container, read through their schemas. Every call names its partition, whose first part is the tenant. */
export interface Documents {
  read<S extends z.ZodType>(schema: S, partition: Partition, id: string): Promise<z.output<S> | undefined>
  /** Creates; `exists` when a document of this id is there. */
  create(partition: Partition, document: StoredDocument): Promise<'created' | 'exists'>
  /** Replaces the version that was read (`_etag`); `changed` when somebody was faster, `missing` when it is gone. */
  replace(partition: Partition, document: StoredDocument): Promise<'replaced' | 'changed' | 'missing'>
  upsert(partition: Partition, document: StoredDocument): Promise<void>
  /** All or nothing, in one partition, at most 100 operations. */
  batch(partition: Partition, operations: readonly BatchOperation[]): Promise<BatchOutcome>
  query<S extends z.ZodType>(schema: S, partition: Partition, query: DocumentQuery): Promise<z.output<S>[]>
  /** Across all tenants: for sweeps and admission only. */
  queryAllTenants<S extends z.ZodType>(schema: S, query: DocumentQuery): Promise<z.output<S>[]>
}

/** Documents of a container. */
export function cosmosDocuments(container: Container): Documents {
  const item = (partition: Partition, id: string): ReturnType<Container['item']> =>
    container.item(id, [...partition])
  const run = async <S extends z.ZodType>(
    schema: S,
    query: DocumentQuery,
    partition?: Partition,
  ): Promise<z.output<S>[]> => {
    const parameters = Object.entries(query.parameters ?? {}).map(
      ([name, value]) => ({ name: `@${name}`, value }) as SqlParameter,
    )
    const iterator = container.items.query<ItemDefinition>(
      { query: query.text, parameters },
      {
        ...(partition ? { partitionKey: [...partition] } : {}),
        ...(query.limit ? { maxItemCount: query.limit } : {}),
      },
    )
    const found: z.output<S>[] = []
    while (iterator.hasMoreResults() && found.length < (query.limit ?? Number.POSITIVE_INFINITY)) {
      const { resources } = await guard(() => iterator.fetchNext())
      found.push(...(resources ?? []).map((resource) => schema.parse(resource)))
    }
    return query.limit ? found.slice(0, query.limit) : found
  }
  return {
    async read(schema, partition, id) {
      const { resource } = await guard(() => item(partition, id).read<ItemDefinition>())
      return resource ? schema.parse(resource) : undefined
    },
    async create(_partition, document) {
      try {
        await guard(() => retryWrite(() => container.items.create(toBody(document))), [409])
        return 'created'
      } catch (error) {
        if (codeOf(error) === 409) return 'exists'
        throw error
      }
    },
    async replace(partition, document) {
      const accessCondition = { type: 'IfMatch', condition: etagOf(document) }
      try {
        await guard(
          () => retryWrite(() => item(partition, document.id).replace(toBody(document), { accessCondition })),
          [404, 412],
        )
        return 'replaced'
      } catch (error) {
        if (codeOf(error) === 412) return 'changed'
        if (codeOf(error) === 404) return 'missing'
        throw error
      }
    },
    async upsert(_partition, document) {
      await guard(() => retryWrite(() => container.items.upsert(toBody(document))))
    },
    async batch(partition, operations) {
      const { result } = await guard(() =>
        retryWrite(() => container.items.batch(operations.map(toOperation), [...partition])),
      )
      const failed = (result ?? []).find((entry) => entry.statusCode >= 400 && entry.statusCode !== 424)
      if (!failed) return 'written'
      if (failed.statusCode === 409) return 'exists'
      if (failed.statusCode === 404) return 'missing'
      if (failed.statusCode === 412) return 'changed'
      throw err('STORE_UNAVAILABLE', { context: { batchStatus: failed.statusCode } })
    },
    query: (schema, partition, query) => run(schema, query, partition),
    queryAllTenants: (schema, query) => run(schema, query),
  }
}

/** Fields that every new document has. */
export function newDocument(now: Date): { schemaVersion: number; createdAt: string; updatedAt: string } {
  return { schemaVersion: documentSchemaVersion, createdAt: now.toISOString(), updatedAt: now.toISOString() }
}

/** Lets the named statuses and errors of the catalogue through; any other failure of the database is STORE_UNAVAILABLE with its cause. */
async function guard<T>(call: () => Promise<T>, answers: readonly number[] = []): Promise<T> {
  try {
    return await call()
  } catch (error) {
    if (error instanceof ZoetropeError || answers.includes(codeOf(error))) throw error
    throw err('STORE_UNAVAILABLE', { cause: error })
  }
}

/** What is stored: the document without Cosmos' own fields. */
function toBody(document: StoredDocument): ItemDefinition {
  return Object.fromEntries(
    Object.entries(document).filter(([name, value]) => !name.startsWith('_') && value !== undefined),
  )
}

function toOperation(operation: BatchOperation): OperationInput {
  const resourceBody = toBody(operation.document) as never
  switch (operation.type) {
    case 'create':
      return { operationType: 'Create', resourceBody }
    case 'upsert':
      return { operationType: 'Upsert', resourceBody }
    case 'replace':
      return {
        operationType: 'Replace',
        id: operation.document.id,
        resourceBody,
        ifMatch: etagOf(operation.document),
      }
  }
}

/** The version that was read. Without one a replace would overwrite whatever is there. */
function etagOf({ id, _etag }: StoredDocument): string {
  if (!_etag) throw err('INTERNAL', { detail: `A replace of ${id} must carry the etag that was read.` })
  return _etag
}
