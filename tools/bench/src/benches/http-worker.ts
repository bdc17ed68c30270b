import type { Bench } from '../bench.ts'
import { measurePaired, toFigure } from '../paired.ts'
import { ServerProcess } from '../server-process.ts'

const load = { requests: 5000, connections: 16 }
const unit = 'us CPU per request'

/** A trivial GET with the function in a worker process of its own: CPU of host and worker together. */
export const httpWorkerBench: Bench = {
  name: 'http-worker',
  async run() {
    await using host = await ServerProcess.start('host.ts')
    await using bare = await ServerProcess.start('bare-http.ts')
    const samples = await measurePaired(
      [
        host.cpuPerRequest('host and worker', '/api/plain', load),
        bare.cpuPerRequest('bare node:http', '/api/plain', load),
      ],
      { rounds: 7 },
    )
    return [
      toFigure(
        samples,
        { ours: 'host and worker', peer: 'bare node:http' },
        { measure: 'GET, function in a worker process', unit, target: { of: 'ours', atMost: 132 } },
      ),
    ]
  },
}
