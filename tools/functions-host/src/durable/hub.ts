import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { CreateDurableHub } from './durable-contract.ts'
import type { Engine } from './engine.ts'
import { createEngine } from './engine.ts'
import { exceptionError, readExchange, sendError } from './exchange.ts'
import { inspectHub } from './inspect-hub.ts'
import { clientBinding } from './links.ts'
import { handleManagementCall } from './management-api.ts'

const rpcPath = '/durabletask/'

/** Makes the durable part of an app: engine, management API, and the loopback door through which the app's own SDK asks. */
export const createDurableHub: CreateDurableHub = (options) => {
  let engine: Engine | undefined
  let rpc: Server | undefined
  let rpcBaseUrl = ''

  function running(): Engine {
    if (!engine) throw new Error(`The task hub ${options.hubName} has not started.`)
    return engine
  }

  async function answerRpc(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? ''
    const origin = `http://${request.headers.host ?? ''}`
    const exchange = readExchange(request, response, {
      path: path.slice(rpcPath.length),
      origin,
      isRpc: true,
    })
    if (path.startsWith(rpcPath)) return handleManagementCall(running(), exchange)
    const text = "startIndex cannot be larger than length of string. (Parameter 'startIndex')"
    sendError(exchange, exceptionError(400, 'System.ArgumentOutOfRangeException', text))
  }

  return {
    clientBinding: () =>
      clientBinding(
        { origin: options.baseUrl(), hubName: options.hubName, systemKey: options.systemKey },
        rpcBaseUrl,
      ),
    async handleManagement(request, response, path): Promise<void> {
      const origin = request.headers.host === undefined ? options.baseUrl() : `http://${request.headers.host}`
      await handleManagementCall(running(), readExchange(request, response, { path, origin, isRpc: false }))
    },
    demands: () => engine?.demands() ?? [],
    inspect: (path, query) => inspectHub(running(), path, query),
    async start(): Promise<void> {
      // The file is locked: only now has whoever ran before let it go.
      engine = createEngine(options)
      rpc = createServer((request, response) => {
        answerRpc(request, response).catch((error: unknown) => {
          options.log('error', `The durable RPC door failed: ${String(error)}`)
          response.destroy()
        })
      })
      // The SDK keeps connections; a server that closes idle ones just then would cost a call.
      rpc.keepAliveTimeout = 120_000
      await new Promise<void>((resolve, reject) => {
        rpc?.once('error', reject)
        rpc?.listen(0, '127.0.0.1', resolve)
      })
      rpcBaseUrl = `http://127.0.0.1:${(rpc.address() as AddressInfo).port}${rpcPath}`
      engine.start()
    },
    busyWith: () => engine?.busyWith() ?? [],
    async drain(): Promise<void> {
      await engine?.drain()
    },
    async close(): Promise<void> {
      rpc?.closeAllConnections()
      await new Promise<void>((resolve) => (rpc === undefined ? resolve() : rpc.close(() => resolve())))
      engine?.close()
    },
  }
}
