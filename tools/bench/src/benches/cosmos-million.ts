import type { Bench } from '../bench.ts'
import {
  connectTo,
  createDocuments,
  createInBatches,
  documentOf,
  makeContainer,
} from '../cosmos-documents.ts'
import { vercelCosmos } from '../cosmos-peers.ts'
import type { Contender } from '../paired.ts'
import { measurePaired, toFigure } from '../paired.ts'
import { memoryMegabytes } from '../process-stats.ts'
import { RunningCosmos, startCosmosOn } from '../running-cosmos.ts'
import { RunningPeer } from '../running-peer.ts'

const million = 1_000_000
const peerCount = 50_000
const rounds = 5

/** A million documents of 1 KB on disk: memory after all were written and some queried, and the start. About four minutes. */
export const cosmosMillionBench: Bench = {
  name: 'cosmos-million',
  async run() {
    await using running = new AsyncDisposableStack()
    const own = running.use(await RunningCosmos.start())
    const peer = running.use(await RunningPeer.start(vercelCosmos)).server
    const client = connectTo(own.server.url)
    const container = await makeContainer(client, 'million')
    await createInBatches(container, 0, million)
    await createDocuments(await makeContainer(connectTo(peer.url), 'million'), 0, peerCount)
    for (let n = 0; n < 2000; n += 1) {
      const { id, tenantId } = documentOf((n * 7919) % million)
      await container.item(id, tenantId).read()
    }
    for (let time = 0; time < 5; time += 1)
      await container.items
        .query('SELECT VALUE COUNT(1) FROM c WHERE c.createdAt > 1700500000', { partitionKey: 'tenant-1' })
        .fetchAll()
    const peerName = `${vercelCosmos.name}, ${peerCount.toLocaleString('en')} documents`
    const memory = await measurePaired(
      [
        { name: 'ours', sample: async () => memoryMegabytes(own.server.pids[0] ?? 0, 'Rss') },
        { name: peerName, sample: async () => memoryMegabytes(peer.pids[0] ?? 0, 'Rss') },
      ],
      { rounds: 1, warmUpRounds: 0 },
    )
    await own.server[Symbol.asyncDispose]()
    const empty = running.use(await RunningCosmos.start())
    await makeContainer(connectTo(empty.server.url), 'million')
    await empty.server[Symbol.asyncDispose]()
    const starts = await measurePaired(
      [startOn('ours', own.folder, 404), startOn('an empty container', empty.folder, 404)],
      { rounds },
    )
    return [
      toFigure(
        memory,
        { ours: 'ours', peer: peerName },
        {
          measure: 'Cosmos: memory (RSS) with 1,000,000 documents of 1 KB, read and queried',
          unit: 'MB',
          target: { of: 'ours', atMost: 300 },
        },
      ),
      toFigure(
        starts,
        { ours: 'ours', peer: 'an empty container' },
        {
          measure: 'Cosmos: start of the process to the first answer about 1,000,000 documents',
          unit: 'ms',
          target: { of: 'ours', atMost: 1000 },
        },
      ),
    ]
  },
}

/** Each sample: from the start of a process to its answer about a document that is not there. */
function startOn(name: string, folder: string, status: number): Contender {
  return {
    name,
    sample: async () => {
      const startedMs = performance.now()
      await using server = await startCosmosOn(folder)
      const answer = await connectTo(server.url)
        .database('bench')
        .container('million')
        .item('none', 'tenant-1')
        .read()
      if (answer.statusCode !== status) throw new Error(`The read was answered with ${answer.statusCode}.`)
      return performance.now() - startedMs
    },
  }
}
