import type { Bench, Figure } from '../bench.ts'
import { median } from '../paired.ts'
import { memoryMegabytes } from '../process-stats.ts'
import { ServerProcess } from '../server-process.ts'

/** What the real host and its worker had, idle, on the machine of the recordings: it cannot be run beside ours. */
const realHostMegabytes = 500
const rounds = 3

/** Memory of a host and one worker after their first requests, idle. */
export const memoryBench: Bench = {
  name: 'memory',
  async run() {
    const samples: Record<'Rss' | 'Pss', number[]> = { Rss: [], Pss: [] }
    for (let round = -1; round < rounds; round += 1) {
      await using host = await ServerProcess.start('cached-host.mjs')
      for (let index = 0; index < 10; index += 1) await (await fetch(`${host.url}/api/plain`)).text()
      // The first round compiles.
      if (round < 0) continue
      for (const kind of ['Rss', 'Pss'] as const) {
        const each = host.pids.map((pid) => memoryMegabytes(pid, kind))
        samples[kind].push(each.reduce((sum, value) => sum + value, 0))
      }
    }
    const figure = (kind: 'Rss' | 'Pss', measure: string): Figure => {
      const ours = median(samples[kind])
      return {
        measure,
        unit: 'MB',
        ours,
        peer: { name: 'real host and worker, recorded', value: realHostMegabytes },
        ratio: ours / realHostMegabytes,
        ...(kind === 'Rss' ? { target: { of: 'ours', atMost: 150 } } : {}),
        samples: rounds,
      }
    }
    return [
      figure('Rss', 'memory of host and worker, idle (RSS, shared pages twice)'),
      figure('Pss', 'memory of host and worker, idle (PSS, shared pages once)'),
    ]
  },
}
