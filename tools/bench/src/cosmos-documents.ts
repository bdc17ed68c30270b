import { CosmosClient } from '@azure/cosmos'
import type { Container } from '@azure/cosmos'

const key = 'C2y6yDjf5/R+ob0N8A7Cgv30VRDJIWEHLM+4QDU5DE2nQ9nDuVTqobD4b8mGGyPMbIZnqyMsEcaGQy67XIw/Jw=='
const fillerBytes = 800
const loadedAtOnce = 8

/** Tenants among whom the documents are dealt out. */
export const tenantCount = 10

/** A document of about 1 KB; `code` is its own in its tenant. */
export interface BenchDocument {
  id: string
  tenantId: string
  code: string
  createdAt: number
  filler: string
}

/** The n-th document. */
export function documentOf(n: number): BenchDocument {
  return {
    id: `document-${n}`,
    tenantId: `tenant-${n % tenantCount}`,
    code: `code-${n}`,
    // Spread over the order in which they are made.
    createdAt: 1_700_000_000 + ((n * 7919) % 1_000_003),
    filler: 'x'.repeat(fillerBytes),
  }
}

/** A client that stays with the endpoint it was given: the peer's account would send it to HTTPS. */
export function connectTo(endpoint: string): CosmosClient {
  return new CosmosClient({
    endpoint,
    key,
    connectionPolicy: { enableEndpointDiscovery: false },
  })
}

/** Makes a container whose key is `/tenantId`. */
export async function makeContainer(client: CosmosClient, id: string): Promise<Container> {
  const { database } = await client.databases.createIfNotExists({ id: 'bench' })
  const { container } = await database.containers.createIfNotExists({
    id,
    partitionKey: { paths: ['/tenantId'] },
  })
  return container
}

/** Creates documents one by one, some side by side: every server has that. */
export async function createDocuments(container: Container, from: number, count: number): Promise<void> {
  let next = from
  await Promise.all(
    Array.from({ length: loadedAtOnce }, async () => {
      for (let n = next++; n < from + count; n = next++) await container.items.create(documentOf(n))
    }),
  )
}

/** Creates documents by transactional batches, which is much faster where it works. */
export async function createInBatches(container: Container, from: number, count: number): Promise<void> {
  const perBatch = 100
  const batches = Array.from({ length: Math.ceil(count / perBatch) }, (_, batch) => batch)
  let next = 0
  await Promise.all(
    Array.from({ length: loadedAtOnce }, async () => {
      for (let batch = next++; batch < batches.length; batch = next++) {
        const tenant = batch % tenantCount
        const first = from + Math.floor(batch / tenantCount) * perBatch * tenantCount + tenant
        const operations = Array.from({ length: perBatch }, (_, index) => ({
          operationType: 'Create' as const,
          resourceBody: { ...documentOf(first + index * tenantCount) },
        }))
        const { code } = await container.items.batch(operations, `tenant-${tenant}`)
        if (code !== 200) throw new Error(`A batch was answered with ${code}.`)
      }
    }),
  )
}
