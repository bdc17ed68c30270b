import { describe, expect, it } from '@jest/globals'

import { ItemOperations } from '../src/items/item-operations.ts'
import { toPartitionKey } from '../src/partition/partition-key.ts'
import { Sandbox } from '../src/scripts/sandbox.ts'
import { runQueryInTurns } from '../src/sql/run-query.ts'
import type { QueryPage } from '../src/sql/run/query-page.ts'
import { AccountStore } from '../src/storage/account-store.ts'
import type { OpenContainer } from '../src/storage/account-store.ts'
import { toContainerDefinition } from '../src/storage/container-definition.ts'
import { naivePolicy, naiveResult, randomContent, randomQuery } from './naive-queries.ts'
import type { NaiveDocument } from './naive-queries.ts'
import { randomOf } from './random.ts'
import type { Random } from './random.ts'

const queryCount = Number(process.env['RANDOM_QUERIES'] ?? 300)
const documentCount = 60

describe.each(['off', 'declared', 'adaptive'] as const)('random queries with indexes: %s', (indexing) => {
  it('give what a naive evaluation of all documents gives, page by page, while documents come and go', async () => {
    const seed = Number(process.env['RANDOM_SEED'] ?? Math.floor(Math.random() * 2 ** 31))
    const random = randomOf(seed)
    const store = new AccountStore(undefined, () => 1_700_000_000_000, new Sandbox(), {
      queries: { indexing, manyCandidates: 5, wishesForIndex: 2 },
    })
    const container = newContainer(store)
    const documents = new Map<string, NaiveDocument>()
    const writer = newWriter({ store, container }, documents, random)
    for (let count = 0; count < documentCount; count += 1) writer.create()

    let indexedCount = 0
    for (let round = 0; round < queryCount; round += 1) {
      if (random.below(4) === 0) writer.writeSomething()
      const query = randomQuery(random)
      const pageSize = 1 + random.below(random.below(4) === 0 ? 5 : 50)
      const isDisturbed = random.below(4) === 0 && query.skip === 0 && query.take === Infinity
      const before = naiveResult(query, documents.values())

      const request = {
        text: query.text,
        parameters: new Map(query.parameters.map(({ name, value }) => [name, value])),
        confines: query.tenantId === undefined ? {} : { pk: JSON.stringify([query.tenantId]) },
        pageSize,
      }
      const touched = new Set<string>()
      const ids: string[] = []
      let continuation: string | undefined
      do {
        const page: QueryPage = await runQueryInTurns(store, container, { ...request, continuation })
        await store.file.committed()
        ids.push(...page.rows.map((row) => JSON.parse(row) as string))
        continuation = page.continuation
        if (page.metrics.used.length > 0) indexedCount += 1
        if (isDisturbed) touched.add(writer.createOrDelete() ?? '')
      } while (continuation !== undefined)

      if (round % 4 === 0) {
        const counted = query.text
          .replace(/^.* FROM c/, 'SELECT VALUE COUNT(1) FROM c')
          .replace(/ (ORDER|OFFSET) .*$/, '')
        const { rows } = await runQueryInTurns(store, container, {
          ...request,
          text: counted,
          continuation: undefined,
        })
        const expected = [...documents.values()].filter((document) => query.passes(document)).length
        expect({ seed, counted, parameters: query.parameters, rows }).toEqual({
          seed,
          counted,
          parameters: query.parameters,
          rows: [String(expected)],
        })
      }

      const untouched = (list: string[]): string[] => list.filter((id) => !touched.has(id))
      const told = { seed, round, query: query.text, parameters: query.parameters, pageSize }
      expect({ ...told, ids: untouched(ids) }).toEqual({ ...told, ids: untouched(before) })
      expect({ ...told, count: new Set(ids).size }).toEqual({ ...told, count: ids.length })
    }
    expect(indexedCount > queryCount / 4).toBe(indexing !== 'off')
    store.close()
  }, 60_000)
})

function newContainer(store: AccountStore): OpenContainer {
  const database = store.file.write(() => store.catalog.createDatabase('media', store.nowSeconds()))
  const definition = toContainerDefinition({
    id: 'things',
    partitionKey: { paths: ['/tenantId'], kind: 'Hash', version: 2 },
    indexingPolicy: naivePolicy,
  })
  return store.createContainer(database, definition, 400)
}

interface Writer {
  create: () => string
  createOrDelete: () => string | undefined
  writeSomething: () => void
}

function newWriter(
  { store, container }: { store: AccountStore; container: OpenContainer },
  documents: Map<string, NaiveDocument>,
  random: Random,
): Writer {
  const items = new ItemOperations(store, container)
  let born = 0
  const anyDocument = (): NaiveDocument | undefined => [...documents.values()][random.below(documents.size)]
  const keyOf = (tenantId: string): ReturnType<typeof toPartitionKey> => toPartitionKey([tenantId])
  const create = (): string => {
    born += 1
    const content = randomContent(random, `i${born}`)
    store.file.write(() => items.create(content, keyOf(content.tenantId)))
    documents.set(content.id, { born, content })
    return content.id
  }
  const remove = (): string | undefined => {
    const document = anyDocument()
    if (!document) return undefined
    const { id, tenantId } = document.content
    store.file.write(() => items.delete({ id, key: keyOf(tenantId) }))
    documents.delete(id)
    return id
  }
  const replace = (): void => {
    const document = anyDocument()
    if (!document) return
    const { id, tenantId } = document.content
    document.content = { ...randomContent(random, id), tenantId }
    store.file.write(() => items.replace({ id, key: keyOf(tenantId) }, document.content))
  }
  const createOrDelete = (): string | undefined => (documents.size > documentCount ? remove() : create())
  return {
    create,
    createOrDelete,
    writeSomething: () => {
      if (random.below(2) === 0) replace()
      else createOrDelete()
    },
  }
}
