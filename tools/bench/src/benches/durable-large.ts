import { join } from 'node:path'

import type { Bench, Figure } from '../bench.ts'
import { latency, orchestrationPath } from '../durable-load.ts'
import { FullHub } from '../full-hub.ts'
import { measurePaired, median, toFigure } from '../paired.ts'
import { memoryMegabytes } from '../process-stats.ts'
import { ServerProcess } from '../server-process.ts'

const inProcess = 'functions in process'
const worker = 'functions in a worker process'
const sdk = "the SDK's replays alone"
const app = join(import.meta.dirname, '..', 'durable-app')
const content = { finished: 100_000, waiting: 10_000 }
const startRounds = 5

/** Long histories, wide fans, and hubs that hold many instances. */
export const durableLargeBench: Bench = {
  name: 'durable-large',
  async run() {
    return [...(await measureLargeInstances()), ...(await measureFullHub())]
  },
}

async function measureLargeInstances(): Promise<Figure[]> {
  await using inProcessHost = await ServerProcess.start('host.ts', [app, '--in-process'])
  await using workerHost = await ServerProcess.start('host.ts', [app])
  await using replays = await ServerProcess.start('sdk-replays.ts')
  const wideFan = { path: orchestrationPath('wideFan'), times: 3 }
  const wide = await measurePaired(
    [latency(workerHost, worker, wideFan), latency(inProcessHost, inProcess, wideFan)],
    { rounds: 5 },
  )
  const long = await measurePaired(
    [
      latency(inProcessHost, inProcess, { path: orchestrationPath('longChain'), times: 1 }),
      latency(replays, sdk, { path: '/?steps=1000', times: 1, method: 'GET' }),
    ],
    { rounds: 3, warmUpRounds: 0 },
  )
  const atMost250Ms = { of: 'ours', atMost: 250 } as const
  return [
    toFigure(
      wide,
      { ours: worker, peer: inProcess },
      { measure: '1 -> 1,000 -> 1 activities', unit: 'ms', target: atMost250Ms },
    ),
    toFigure(
      wide,
      { ours: inProcess, peer: worker },
      { measure: '1 -> 1,000 -> 1 activities', unit: 'ms', target: atMost250Ms },
    ),
    toFigure(
      long,
      { ours: inProcess, peer: sdk },
      { measure: 'chain of 1,000 activities', unit: 'ms', target: { of: 'ratio', atMost: 1.5 } },
    ),
  ]
}

/** Start-up, and the memory of the host, beside the same of a hub that is all but empty. */
async function measureFullHub(): Promise<Figure[]> {
  using full = await FullHub.make(app, content)
  using empty = await FullHub.make(app, { finished: 1, waiting: 1 })
  const startMs: Record<'full' | 'empty', number[]> = { full: [], empty: [] }
  const bytes: Record<'full' | 'empty', number[]> = { full: [], empty: [] }
  for (let round = -1; round < startRounds; round += 1) {
    for (const [name, hub] of Object.entries({ full, empty }) as ['full' | 'empty', FullHub][]) {
      const begunMs = performance.now()
      await using host = await ServerProcess.start('host.ts', [app, '--in-process', '--data', hub.directory])
      const tookMs = performance.now() - begunMs
      if (round < 0) continue
      startMs[name].push(tookMs)
      const megabytes = host.pids.map((pid) => memoryMegabytes(pid, 'Rss'))
      bytes[name].push(megabytes.reduce((sum, each) => sum + each, 0) * 1e6)
    }
  }
  const perWaiting = (which: 'full' | 'empty'): number => median(bytes[which]) / content.waiting
  const held = 'a hub of 100,000 finished and 10,000 waiting instances'
  const peer = (value: number): Figure['peer'] => ({ name: 'an empty hub', value })
  return [
    {
      measure: `start of a host, ${held}`,
      unit: 'ms',
      ours: median(startMs.full),
      peer: peer(median(startMs.empty)),
      ratio: median(startMs.full) / median(startMs.empty),
      target: { of: 'ours', atMost: 1000 },
      samples: startRounds,
    },
    {
      measure: `memory of ${held}, beyond that of an empty one`,
      unit: 'bytes per waiting instance',
      ours: Math.max(0, perWaiting('full') - perWaiting('empty')),
      peer: peer(0),
      ratio: perWaiting('full') / perWaiting('empty'),
      target: { of: 'ours', atMost: 2048 },
      samples: startRounds,
    },
  ]
}
