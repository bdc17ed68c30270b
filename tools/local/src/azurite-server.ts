// Runs the real Azurite, blob and queue services, in this process: two things are added around it, nothing inside it.
// 1. Azurite saves its tables every five seconds, so a `kill -9` loses writes that it has acknowledged. Here the answer to
//    a write waits until the tables are saved (writes that arrive together share one save).
// 2. Each write that succeeded is told to the parent process, which raises the events that Azurite does not emit.
import http from 'node:http'
import https from 'node:https'
import { createRequire } from 'node:module'
import { finished } from 'node:stream/promises'

import type { AzuriteWrite } from './azurite-write.ts'

interface LokiDatabase {
  throttledSavePending: boolean
  autosaveDirty(): boolean
  saveDatabase(callback: (error?: unknown) => void): void
}
interface LokiPrototype {
  saveDatabase: (this: LokiDatabase, callback: (error?: unknown) => void) => void
}

const azurite = createRequire(import.meta.resolve('azurite/package.json'))
const databases = new Set<LokiDatabase>()

rememberDatabases((azurite('lokijs') as { prototype: LokiPrototype }).prototype)
watchServers(http)
watchServers(https)
azurite('./dist/src/azurite.js')
// Azurite itself would wait for idle connections. What was acknowledged is saved already; the rest need not be waited for.
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void saveDatabases().finally(() => process.exit(0)))
}

/** Azurite saves every database once at its start; that is where it is seen. */
function rememberDatabases(prototype: LokiPrototype): void {
  const save = prototype.saveDatabase
  prototype.saveDatabase = function saveDatabase(callback): void {
    databases.add(this)
    save.call(this, callback)
  }
}

/** Azurite serves HTTP, or with a certificate HTTPS. */
function watchServers(module: { createServer: unknown }): void {
  const create = module.createServer as (...args: unknown[]) => http.Server
  module.createServer = (...args: unknown[]) => {
    const server = create(...args)
    const emit = server.emit.bind(server)
    server.emit = (event: string, ...values: unknown[]) => {
      if (event === 'request') watch(values[0] as http.IncomingMessage, values[1] as http.ServerResponse)
      return emit(event, ...values)
    }
    return server
  }
}

function watch(request: http.IncomingMessage, response: http.ServerResponse): void {
  const method = request.method ?? ''
  if (method !== 'PUT' && method !== 'POST' && method !== 'DELETE') return
  const end = response.end.bind(response) as (...args: unknown[]) => http.ServerResponse
  response.end = ((...args: unknown[]) => {
    void saveDatabases().finally(() => end(...args))
    return response
  }) as typeof response.end
  void finished(response).then(
    () => {
      const write: AzuriteWrite = { method, url: request.url ?? '', status: response.statusCode }
      process.send?.(write)
    },
    () => undefined,
  )
}

async function saveDatabases(): Promise<void> {
  await Promise.all(
    [...databases]
      .filter((database) => database.throttledSavePending || database.autosaveDirty())
      .map((database) => new Promise<void>((resolve) => database.saveDatabase(() => resolve()))),
  )
}
