import type { Bench } from '../bench.ts'
import { measurePaired, toFigure } from '../paired.ts'
import { ServerProcess } from '../server-process.ts'

const load = { requests: 1500, connections: 16 }
const unit = 'us CPU per request'
const streaming = 'streaming'
const buffered = 'the same host, buffered'

/** A trivial GET to an app that streams (`enableHttpStream`), beside the same app that does not; host and worker together. */
export const httpStreamingBench: Bench = {
  name: 'http-streaming',
  async run() {
    const figures = []
    for (const [where, flags] of [
      ['a worker process', []],
      ['process', ['--in-process']],
    ] as const) {
      await using streamingHost = await ServerProcess.start('host.ts', [...flags, '--streaming'])
      await using bufferedHost = await ServerProcess.start('host.ts', flags)
      const samples = await measurePaired(
        [
          streamingHost.cpuPerRequest(streaming, '/api/classes', load),
          bufferedHost.cpuPerRequest(buffered, '/api/classes', load),
        ],
        { rounds: 5 },
      )
      figures.push(
        toFigure(
          samples,
          { ours: streaming, peer: buffered },
          { measure: `GET, streamed, in ${where}`, unit },
        ),
      )
    }
    return figures
  },
}
