import type { Bench, Figure } from '../bench.ts'
import { measurePaired, toFigure } from '../paired.ts'
import { ServerProcess } from '../server-process.ts'

const unit = 'us CPU per request'
const load = { requests: 3000, connections: 32 }
const rounds = 7
/** About 1 kB of JSON. */
const body = JSON.stringify(
  Array.from({ length: 20 }, (_each, id) => ({ id, name: 'a film', state: 'ready' })),
)

const plain = 'host, plain result'
const classes = 'host, HttpResponse'
const bare = 'bare node:http'
const library = "the library's classes on node:http"

/** Requests to functions in the host's own process: what the host adds to node:http, and to the library's own classes. */
export const httpInProcessBench: Bench = {
  name: 'http-in-process',
  async run() {
    await using host = await ServerProcess.start('host.ts', ['--in-process'])
    await using bareServer = await ServerProcess.start('bare-http.ts')
    await using libraryServer = await ServerProcess.start('library-classes.ts')
    const measure = async (method: 'GET' | 'POST'): Promise<Figure[]> => {
      const each = { ...load, method, ...(method === 'POST' ? { body } : {}) }
      const samples = await measurePaired(
        [
          host.cpuPerRequest(plain, '/api/plain', each),
          bareServer.cpuPerRequest(bare, '/api/plain', each),
          host.cpuPerRequest(classes, '/api/classes', each),
          libraryServer.cpuPerRequest(library, '/api/classes', each),
        ],
        { rounds, warmUpRounds: 2 },
      )
      return [
        toFigure(
          samples,
          { ours: plain, peer: bare },
          { measure: `${method}, in process, plain result`, unit, target: { of: 'ratio', atMost: 1.3 } },
        ),
        toFigure(
          samples,
          { ours: classes, peer: library },
          { measure: `${method}, in process, HttpResponse`, unit, target: { of: 'ratio', atMost: 1.1 } },
        ),
      ]
    }
    return [...(await measure('GET')), ...(await measure('POST'))]
  },
}
