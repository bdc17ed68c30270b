import { randomInt } from 'node:crypto'
import { createServer } from 'node:net'

/** The ports of a laptop's stack, so that addresses stay the same from start to start. Function apps are added by name. */
const fixedPorts: Readonly<Record<string, number>> = {
  console: 7070,
  api: 7071,
  delivery: 7072,
  ingest: 7073,
  workflows: 7074,
  images: 7075,
  video: 7076,
  relay: 7077,
  blobs: 10_000,
  queues: 10_001,
  tables: 10_002,
  cosmos: 8081,
  replica: 8082,
  cosmosHttps: 8444,
  replicaHttps: 8445,
  identity: 7079,
}
const firstUnlistedPort = 7080
/** Linux gives out ports from 32,768, others from 49,152. */
const freePorts = { from: 20_000, to: 32_000 }
const maxAttempts = 50

/**
 * Chooses a port per name: the fixed ones, or free ones.
 *
 * All are known before anything starts, so that everything can start at once.
 */
export async function choosePorts(
  names: readonly string[],
  kind: 'fixed' | 'free',
): Promise<ReadonlyMap<string, number>> {
  if (kind === 'fixed') {
    const unlisted = names.filter((name) => !(name in fixedPorts))
    return new Map(
      names.map((name) => [name, fixedPorts[name] ?? firstUnlistedPort + unlisted.indexOf(name)]),
    )
  }
  const servers: Awaited<ReturnType<typeof listen>>[] = []
  for (const _ of names) servers.push(await listenSomewhere())
  await Promise.all(servers.map((server) => server.close()))
  return new Map(names.map((name, index) => [name, servers[index]?.port ?? 0]))
}

/** Listens on a port below those that the system itself gives out: nobody gets it between its choice and its use. */
async function listenSomewhere(): ReturnType<typeof listen> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await listen(randomInt(freePorts.from, freePorts.to))
    } catch (error) {
      if (attempt === maxAttempts) throw error
    }
  }
}

/** Names of those whose port another program holds. */
export async function findTakenPorts(ports: ReadonlyMap<string, number>): Promise<readonly string[]> {
  const taken = await Promise.all(
    [...ports].map(async ([name, port]) => {
      try {
        const server = await listen(port)
        await server.close()
        return undefined
      } catch {
        return `${name} (${port})`
      }
    }),
  )
  return taken.filter((name) => name !== undefined)
}

function listen(port: number): Promise<{ readonly port: number; close(): Promise<void> }> {
  const server = createServer()
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => {
      const address = server.address()
      resolve({
        port: typeof address === 'object' && address ? address.port : port,
        close: () => new Promise((done) => server.close(() => done())),
      })
    })
  })
}
