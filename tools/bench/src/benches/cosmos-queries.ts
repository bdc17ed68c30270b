import type { Container, SqlQuerySpec } from '@azure/cosmos'

import type { Bench, Figure } from '../bench.ts'
import { connectTo, createDocuments, makeContainer } from '../cosmos-documents.ts'
import { vercelCosmos } from '../cosmos-peers.ts'
import { measurePaired, toFigure } from '../paired.ts'
import { RunningCosmos } from '../running-cosmos.ts'
import { RunningPeer } from '../running-peer.ts'

const ours = 'ours, on disk'
const sizes = [
  { documentCount: 10_000, rounds: 5, warmUpRounds: 1 },
  // The peer takes minutes for one query over so many: one round, and an end to its waiting.
  { documentCount: 100_000, rounds: 1, warmUpRounds: 0 },
]
const longestWaitMs = 60_000
/** Ours makes an index once some queries have wanted one, and answers from it some seconds later. */
const repeatsOfOurs = 60

const queries: Record<string, SqlQuerySpec> = {
  'equality in one partition': {
    query: 'SELECT * FROM c WHERE c.tenantId = @tenant AND c.code = @code',
    parameters: [
      { name: '@tenant', value: 'tenant-7' },
      { name: '@code', value: 'code-4217' },
    ],
  },
  'ordered page of 20 in one partition': {
    query: 'SELECT TOP 20 * FROM c WHERE c.tenantId = @tenant ORDER BY c.createdAt DESC',
    parameters: [{ name: '@tenant', value: 'tenant-7' }],
  },
}

/** Queries in one partition of ten, through the real client. About five minutes, most of them the peer's. */
export const cosmosQueriesBench: Bench = {
  name: 'cosmos-queries',
  async run() {
    const figures: Figure[] = []
    for (const { documentCount, rounds, warmUpRounds } of sizes) {
      await using running = new AsyncDisposableStack()
      const own = running.use(await RunningCosmos.start()).server
      const peer = running.use(await RunningPeer.start(vercelCosmos)).server
      const [ownContainer, peerContainer] = await Promise.all(
        [own, peer].map(async ({ url }) => {
          const container = await makeContainer(connectTo(url), 'queries')
          await createDocuments(container, 0, documentCount)
          return container
        }),
      )
      if (!ownContainer || !peerContainer) throw new Error('A container was not made.')
      for (const [name, query] of Object.entries(queries)) {
        for (let time = 0; time < repeatsOfOurs; time += 1) await timeOf(ownContainer, query)
        const samples = await measurePaired(
          [
            { name: ours, sample: async () => timeOf(ownContainer, query) },
            { name: vercelCosmos.name, sample: async () => timeOf(peerContainer, query) },
          ],
          { rounds, warmUpRounds },
        )
        figures.push(
          toFigure(
            samples,
            { ours, peer: vercelCosmos.name },
            {
              measure: `Cosmos: ${name}, ${documentCount.toLocaleString('en')} documents`,
              unit: `ms (an answer is awaited for ${longestWaitMs / 1000} s)`,
              ...(documentCount === 100_000 ? { target: { of: 'ratio', atMost: 0.01 } } : {}),
            },
          ),
        )
      }
    }
    return figures
  },
}

/** Milliseconds to the last row; as long as is waited where none has come by then. @throws Error when there are no rows */
async function timeOf(container: Container, query: SqlQuerySpec): Promise<number> {
  const startedMs = performance.now()
  const { promise: timeUp, resolve } = Promise.withResolvers<undefined>()
  const limit = setTimeout(() => resolve(undefined), longestWaitMs)
  const answer = await Promise.race([
    container.items.query(query, { partitionKey: 'tenant-7' }).fetchAll(),
    timeUp,
  ])
  clearTimeout(limit)
  if (answer?.resources.length === 0) throw new Error('The query found nothing.')
  return answer ? performance.now() - startedMs : longestWaitMs
}
