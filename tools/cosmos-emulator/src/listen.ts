import type { Server } from 'node:http'
import type { Socket } from 'node:net'

import { messageOf } from './errors.ts'

/** Requests that are being served may end in this time before their connections are cut. */
const endWithinMs = 2000

/** Listens on 127.0.0.1. @throws Error that says what to do */
export async function listen(server: Server, port: number): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  server.once('error', reject)
  server.listen(port, '127.0.0.1', () => {
    server.off('error', reject)
    resolve()
  })
  try {
    await promise
  } catch (error) {
    const hint: Record<string, string> = {
      EADDRINUSE:
        'another process uses it: end that one, or choose another port (--port; 0 takes a free one)',
      EACCES: 'this user may not: choose a port of 1024 or more (--port)',
    }
    const reason = hint[String((error as { code?: unknown }).code)]
    throw new Error(
      `cannot listen on port ${port}: ${reason === undefined ? messageOf(error) : `${reason}. (${messageOf(error)})`}`,
      { cause: error },
    )
  }
}

/**
 * Lets requests that are being served finish, and cuts idle connections at once. Connections are kept count of here: the server's own
 * `closeAllConnections` passes over those that have not begun to speak TLS.
 */
export function trackConnections(server: Server): { close: () => Promise<void> } {
  const connections = new Set<Socket>()
  server.on('connection', (connection: Socket) => {
    connections.add(connection)
    connection.once('close', () => connections.delete(connection))
  })
  return {
    close: async () => {
      const { promise, resolve } = Promise.withResolvers<void>()
      server.close(() => resolve())
      server.closeIdleConnections()
      const cut = setTimeout(() => {
        for (const connection of connections) connection.destroy()
      }, endWithinMs)
      await promise
      clearTimeout(cut)
    },
  }
}
