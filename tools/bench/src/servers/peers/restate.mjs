// Restate: one handler a workflow, one `ctx.run` a step. The load goes straight to its ingress.
import { once } from 'node:events'
import { request } from 'node:http'
import { createServer as createHttp2Server } from 'node:http2'
import { createServer } from 'node:net'
import { arch, platform } from 'node:os'
import { join } from 'node:path'

import { folder, load, startProgram, tellParent, untilItSucceeds } from './peer-server.mjs'

const restate = load('@restatedev/restate-sdk')
const nodeName = 'bench'

const workflows = restate.service({
  name: 'workflows',
  handlers: {
    async chain(context) {
      let value = 0
      for (let step = 1; step <= 5; step += 1) value = await context.run(`step${step}`, () => value + 1)
      return value
    },
    async fan(context) {
      const first = await context.run('first', () => 50)
      const steps = Array.from({ length: first }, (_, step) => context.run(`step${step}`, () => 1))
      const values = await restate.RestatePromise.all(steps)
      return context.run('last', () => values.length)
    },
  },
})
const endpoint = createHttp2Server(restate.createEndpointHandler({ services: [workflows], logger: () => {} }))
await once(endpoint.listen(0, '127.0.0.1'), 'listening')

const ingressPort = await freePort()
// Its other doors are sockets in the folder.
startProgram(
  load.resolve(`@restatedev/restate-server-${platform()}-${arch()}/bin/restate-server`),
  ['--no-logo'],
  {
    cwd: folder,
    stdio: 'ignore',
    env: {
      RESTATE_BASE_DIR: folder,
      RESTATE_NODE_NAME: nodeName,
      RESTATE_LISTEN_MODE: 'unix',
      RESTATE_INGRESS__LISTEN_MODE: 'tcp',
      RESTATE_INGRESS__BIND_ADDRESS: `127.0.0.1:${ingressPort}`,
      RESTATE_DISABLE_TELEMETRY: 'true',
      DO_NOT_TRACK: '1',
    },
  },
)

const admin = join(folder, nodeName, 'admin.sock')
const { port } = endpoint.address()
await untilItSucceeds(() =>
  ask({ socketPath: admin, path: '/deployments' }, { uri: `http://127.0.0.1:${port}` }),
)
const url = `http://127.0.0.1:${ingressPort}/workflows`
await untilItSucceeds(() => ask({ host: '127.0.0.1', port: ingressPort, path: '/workflows/chain' }))
tellParent(url)

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port: free } = server.address()
  server.close()
  await once(server, 'close')
  return free
}

/** Posts JSON. Rejects where the answer is not a success. */
async function ask(options, body) {
  const headers = body === undefined ? {} : { 'content-type': 'application/json' }
  const asked = request({ ...options, method: 'POST', headers }).end(
    body === undefined ? '' : JSON.stringify(body),
  )
  const [response] = await once(asked, 'response')
  response.resume()
  await once(response, 'end')
  if (response.statusCode >= 300) throw new Error(`${options.path} answered ${response.statusCode}.`)
}
