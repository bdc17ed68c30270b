import { join } from 'node:path'

import type { Bench, Comparison } from '../bench.ts'
import { latency, orchestrationPath, pace } from '../durable-load.ts'
import { durablePeers } from '../durable-peers.ts'
import type { Contender } from '../paired.ts'
import { measurePaired, median } from '../paired.ts'
import { RunningPeer } from '../running-peer.ts'
import { ServerProcess } from '../server-process.ts'

const rounds = 5
const app = join(import.meta.dirname, '..', 'durable-app')

interface Engine {
  readonly name: string
  readonly server: ServerProcess
  readonly path: (workflow: 'chain' | 'fan') => string
}

/** The chain of five and the fan of fifty beside other engines of durable workflows, all in one run. */
export const durablePeersBench: Bench = {
  name: 'durable-peers',
  async run() {
    await using running = new AsyncDisposableStack()
    const engines: Engine[] = []
    for (const [name, ...flags] of [['ours, in process', '--in-process'], ['ours, worker process']] as const)
      engines.push({
        name,
        server: running.use(await ServerProcess.start('host.ts', [app, ...flags])),
        path: orchestrationPath,
      })
    const absent: Comparison['absent'][number][] = []
    const leaveOut = (name: string, error: unknown): void => {
      const reason = (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? ''
      console.error(`  ABSENT: ${name}: ${reason}`)
      absent.push({ name, reason })
    }
    for (const peer of durablePeers) {
      try {
        const { server } = running.use(await RunningPeer.start(peer))
        engines.push({ name: peer.name, server, path: (workflow) => `/${workflow}` })
      } catch (error) {
        leaveOut(peer.name, error)
      }
    }
    const compare = async (
      about: Pick<Comparison, 'measure' | 'unit'>,
      contender: (engine: Engine) => Contender,
      toValue = (sample: number): number => sample,
    ): Promise<Comparison> => {
      const present = engines.filter(({ name }) => !absent.some((peer) => peer.name === name))
      const samples = await measurePaired(
        present.map((engine) => whileItRuns(engine, contender(engine))),
        {
          rounds,
          leavesOut(name, error) {
            const isPeer = durablePeers.some((peer) => peer.name === name)
            if (isPeer) leaveOut(name, error)
            return isPeer
          },
        },
      )
      const columns = [...samples].map(([name, values]) => ({ name, value: median(values.map(toValue)) }))
      return { ...about, columns, absent: [...absent], samples: rounds }
    }
    return [
      await compare({ measure: 'chain of 5 steps, p50', unit: 'ms' }, ({ server, name, path }) =>
        latency(server, name, { path: path('chain'), times: 25 }),
      ),
      await compare(
        { measure: 'chains of 5, 32 in flight', unit: 'chains/s, more is better' },
        ({ server, name, path }) =>
          pace(server, name, { path: path('chain'), requests: 400, connections: 32 }),
        (usPerChain) => 1e6 / usPerChain,
      ),
      await compare({ measure: '1 -> 50 -> 1 steps, p50', unit: 'ms' }, ({ server, name, path }) =>
        latency(server, name, { path: path('fan'), times: 15 }),
      ),
    ]
  },
}

/** A contender whose sample fails when its engine ends: what is left of an engine may let a request wait for ever. */
function whileItRuns({ server }: Engine, contender: Contender): Contender {
  return { name: contender.name, sample: () => Promise.race([contender.sample(), server.ended]) }
}
