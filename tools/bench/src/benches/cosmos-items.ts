import type { Container } from '@azure/cosmos'

import type { Bench } from '../bench.ts'
import { connectTo, createDocuments, documentOf, makeContainer } from '../cosmos-documents.ts'
import { vercelCosmos } from '../cosmos-peers.ts'
import type { Contender } from '../paired.ts'
import { measurePaired, toFigure } from '../paired.ts'
import { cpuMicroseconds } from '../process-stats.ts'
import { RunningCosmos } from '../running-cosmos.ts'
import { RunningPeer } from '../running-peer.ts'
import type { ServerProcess } from '../server-process.ts'

const ours = 'ours, on disk'
const documentCount = 2000
const requestsPerSample = 1500
const inFlight = 16
const rounds = 7

/** Point reads and creates through the real client, 16 in flight: ours writes to disk before it answers, the peer never does. */
export const cosmosItemsBench: Bench = {
  name: 'cosmos-items',
  async run() {
    await using running = new AsyncDisposableStack()
    const servers: [string, ServerProcess][] = [
      [ours, running.use(await RunningCosmos.start()).server],
      [vercelCosmos.name, running.use(await RunningPeer.start(vercelCosmos)).server],
    ]
    const contenders = await Promise.all(
      servers.map(async ([name, server]) => {
        const container = await makeContainer(connectTo(server.url), 'items')
        await createDocuments(container, 0, documentCount)
        return { name, server, container }
      }),
    )
    const names = { ours, peer: vercelCosmos.name }
    const figures = []
    for (const [work, send] of Object.entries(works))
      for (const [what, { unit, measure }] of Object.entries(measures)) {
        const samples = await measurePaired(
          contenders.map(({ name, server, container }): Contender => ({
            name,
            sample: async () => measure(server, async () => sendMany(container, send)),
          })),
          { rounds },
        )
        figures.push(
          toFigure(samples, names, {
            measure: `${work}, ${what}, ${inFlight} in flight`,
            unit,
            target: { of: 'ratio', atMost: 1 },
          }),
        )
      }
    return figures
  },
}

let created = documentCount

const works: Record<string, (container: Container, n: number) => Promise<unknown>> = {
  'Cosmos: point read': (container, n) => {
    const { id, tenantId } = documentOf(n % documentCount)
    return container.item(id, tenantId).read()
  },
  'Cosmos: create': (container) => {
    created += 1
    return container.items.create(documentOf(created))
  },
}

interface Measure {
  unit: string
  measure: (server: ServerProcess, send: () => Promise<void>) => Promise<number>
}

const measures: Record<string, Measure> = {
  'through the client': {
    unit: 'us per request',
    measure: async (_, send) => {
      const startedMs = performance.now()
      await send()
      return ((performance.now() - startedMs) * 1000) / requestsPerSample
    },
  },
  'in the server': {
    unit: 'us CPU per request',
    measure: async ({ pids }, send) => {
      const before = cpuMicroseconds(pids)
      await send()
      return (cpuMicroseconds(pids) - before) / requestsPerSample
    },
  },
}

async function sendMany(
  container: Container,
  send: (container: Container, n: number) => Promise<unknown>,
): Promise<void> {
  let next = 0
  await Promise.all(
    Array.from({ length: inFlight }, async () => {
      for (let n = next++; n < requestsPerSample; n = next++) await send(container, n)
    }),
  )
}
