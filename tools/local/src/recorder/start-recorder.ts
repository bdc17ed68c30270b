import { isCosmosBatch, readCosmosOperations } from './cosmos-operation.ts'
import type { DataOperation } from './data-operation.ts'
import { UnknownOperationError } from './data-operation.ts'
import type { Exchange, ForwardingProxy } from './forwarding-proxy.ts'
import { startForwardingProxy } from './forwarding-proxy.ts'
import { openOperationLog } from './operation-log.ts'
import { readStorageOperation } from './storage-operation.ts'
import type { StorageService } from './storage-operation.ts'

/** A door of the local stack: its account, and how its requests are read. */
interface Door {
  /** Name of its port in the stack's settings. */
  readonly name: string
  readonly account: string
  readonly service: StorageService | 'cosmos'
  /** Name of the port of the server behind. */
  readonly target: string
}

const doors: readonly Door[] = [
  { name: 'blobs', account: 'media-storage', service: 'blob', target: 'blobs' },
  { name: 'queues', account: 'media-storage', service: 'queue', target: 'queues' },
  { name: 'host-blobs', account: 'host-storage', service: 'blob', target: 'blobs' },
  { name: 'host-queues', account: 'host-storage', service: 'queue', target: 'queues' },
  { name: 'host-tables', account: 'host-storage', service: 'table', target: 'tables' },
  { name: 'cosmos', account: 'cosmos', service: 'cosmos', target: 'cosmos' },
  { name: 'replica', account: 'cosmos-replica', service: 'cosmos', target: 'replica' },
]

const delegation: DataOperation = { resource: 'account', operation: 'GetUserDelegationKey' }

/** What to record. */
export interface RecorderOptions {
  /** Who is told apart: each has doors of its own. */
  readonly apps: readonly string[]
  /** The port of a server behind, by the name of its door; asked when a request comes. */
  readonly portOf: (name: string) => number
  /** Written by {@link openOperationLog}. */
  readonly file: string
  /** A line for the person at the terminal. */
  readonly say: (text: string) => void
}

/** A recorder that listens. */
export interface Recorder {
  /** Ports of an app's own doors, by their names. */
  portsOf(app: string): ReadonlyMap<string, number>
  close(): Promise<void>
}

/** Starts a proxy per app and door, and notes what every app asks of storage and databases. */
export async function startRecorder({ apps, portOf, file, say }: RecorderOptions): Promise<Recorder> {
  const log = openOperationLog(file, apps)
  const proxies: ForwardingProxy[] = []
  const portsByApp = new Map<string, ReadonlyMap<string, number>>()
  for (const app of apps) {
    const own = new Map<string, number>()
    for (const door of doors) {
      const proxy = await startForwardingProxy({
        targetPort: () => portOf(door.target),
        isBodyWanted: (request) => door.service === 'cosmos' && isCosmosBatch(request),
        onExchange: (exchange) => {
          for (const { resource, operation } of operationsOf(door, exchange)) {
            if (resource === 'unknown')
              say(`! ${app} did something that the recorder does not know: ${operation}`)
            log.add(app, { account: door.account, resource, operation }, exchange.status)
          }
        },
      })
      proxies.push(proxy)
      own.set(door.name, proxy.port)
    }
    portsByApp.set(app, own)
  }
  return {
    portsOf: (app) => portsByApp.get(app) ?? new Map(),
    close: async () => {
      await Promise.all(proxies.map((proxy) => proxy.close()))
      log.close()
    },
  }
}

/**
 * What an app may do in its own name: what it asks for, and what others do with a URL that it signed. In Azure that signature is made with a user
 * delegation key, which the app asks for, and gives no more than the app's own roles. A request with neither is a browser's question (CORS).
 */
function operationsOf({ service }: Door, exchange: Exchange): readonly DataOperation[] {
  const isSigned = exchange.headers['authorization'] === undefined
  if (isSigned && !URL.parse(exchange.url, 'http://door')?.searchParams.has('sig')) return []
  if (exchange.method === 'OPTIONS') return []
  try {
    if (service === 'cosmos') return readCosmosOperations(exchange, exchange.body)
    const operation = readStorageOperation(service, exchange)
    return isSigned ? [delegation, operation] : [operation]
  } catch (error) {
    if (!(error instanceof UnknownOperationError)) throw error
    // What broke off on its way was never done.
    if (exchange.status === undefined) return []
    return [{ resource: 'unknown', operation: error.message }]
  }
}
