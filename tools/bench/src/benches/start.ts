import { join } from 'node:path'

import type { Bench } from '../bench.ts'
import { measurePaired, toFigure } from '../paired.ts'
import { StartApps } from '../start-app.ts'

const bundled = 'bundled, compile cache'
const unbundled = 'unbundled, no cache'

/** From the start of the process of the host to the first 200 of an app with four SDKs in a worker process of its own. */
export const startBench: Bench = {
  name: 'start',
  async run() {
    using apps = await StartApps.create()
    const cached = { NODE_COMPILE_CACHE: join(apps.directory, 'cache') }
    const samples = await measurePaired(
      [
        { name: bundled, sample: () => apps.millisecondsToFirstAnswer('bundled', cached) },
        {
          name: unbundled,
          sample: () => apps.millisecondsToFirstAnswer('unbundled', { NODE_DISABLE_COMPILE_CACHE: '1' }),
        },
      ],
      { rounds: 7, warmUpRounds: 2 },
    )
    return [
      toFigure(
        samples,
        { ours: bundled, peer: unbundled },
        { measure: 'start to first 200', unit: 'ms', target: { of: 'ratio', atMost: 0.3 } },
      ),
    ]
  },
}
