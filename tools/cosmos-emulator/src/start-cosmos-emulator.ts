import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'

import { openCertificate } from './certificate.ts'
import type { Certificate } from './certificate.ts'
import { messageOf } from './errors.ts'
import type { FaultRule } from './faults/fault-rule.ts'
import { Faults } from './faults/faults.ts'
import type { InjectedFault } from './faults/faults.ts'
import { wellKnownKey } from './access/master-key.ts'
import { createAccountServer } from './http/server.ts'
import type { KeyRange } from './partition/key-ranges.ts'
import { ServedAccount } from './served-account.ts'
import type { SplitPoint } from './storage/account-store.ts'
import type { QuerySettings } from './storage/query-settings.ts'

const sweepEveryMs = 1000
const mostPartitions = 100
/** Requests that are being served may end in this time before their connections are cut. */
const endWithinMs = 2000

/** An account to serve. */
export interface AccountOptions {
  /** Names its data file: letters, digits, `-` and `_`. */
  name: string
  /** 0 takes a free one. */
  port: number
  /** Port of HTTPS, where that is served; a free one where absent. */
  httpsPort?: number
  /** The master key, base64; by default the one that every Cosmos emulator has. */
  key?: string
}

/** How an emulator starts. */
export interface EmulatorOptions {
  /** One account, `primary`, on a free port where absent. */
  accounts?: AccountOptions[]
  /** A file per account in this folder; everything in memory where absent. */
  dataDirectory?: string
  /** Serves HTTPS beside HTTP, with a certificate of its own for localhost: kept in the data folder, or made anew for a start in memory. */
  https?: boolean
  /**
   * Milliseconds since 1970, the machine's clock where absent. `_ts`, times to live, the retention of versions and the date functions
   * follow it, and no timer runs: what has fallen due is done before the next request is served.
   */
  clock?: () => number
  /** How many physical partitions a new container has, 1 to 100; its throughput decides where absent. */
  partitionCount?: number
  /** Refuse what goes over the throughput of a physical partition with 429, as the service does. By default throughput never limits. */
  enforceThroughput?: boolean
  /** An account without offers: throughput cannot be set. */
  serverless?: boolean
  /** Faults to begin with. */
  faults?: FaultRule[]
  /** For how long a stored procedure, a trigger or the functions of a query may run, ms; 5000, as in Azure, where absent. Requests wait meanwhile. */
  scriptBudgetMs?: number
  /** Names in the `Host` header that are let in, beside localhost, addresses, names without a dot, `.internal`, `.local`, `.test`. */
  allowedHosts?: string[]
  /**
   * Refuse the cross-partition queries that the service's gateway refuses (ORDER BY, aggregates, TOP, DISTINCT, GROUP
   * BY, OFFSET), so that clients merge them as they do in Azure. By default the emulator answers them itself.
   */
  gatewayStrict?: boolean
  /** How queries are run: which indexes they make, how long they may take. */
  queries?: Partial<QuerySettings>
}

/** A physical partition to split. */
export interface SplitRequest extends SplitPoint {
  database: string
  container: string
  /** The first account where absent. */
  account?: string
}

/** Where an account answers. */
export interface AccountAddress {
  name: string
  endpoint: string
  /** Where it answers by HTTPS, if it does. */
  httpsEndpoint?: string
  key: string
}

/** What the accounts held at one moment, by name: each the bytes of a data file. */
export type EmulatorSnapshot = Readonly<Record<string, Uint8Array>>

/** A running emulator. */
export interface CosmosEmulator extends AsyncDisposable {
  accounts: AccountAddress[]
  /** The certificate of HTTPS, PEM, for clients to trust. */
  certificate?: { pem: string; path?: string }
  /** Strikes matching requests; of one account, where named. @throws Error that says what is wrong with the rule */
  injectFault: (rule: FaultRule, account?: string) => InjectedFault
  /** Those injected that are in force, with how often each has struck; and taking them all back. */
  faults: Pick<Faults, 'list' | 'clear'>
  /** Copies all that is stored. Requests wait meanwhile. */
  snapshot: () => Promise<EmulatorSnapshot>
  /** Lets what a snapshot holds take the place of all that is stored; accounts that it does not name stay as they are. */
  restore: (snapshot: EmulatorSnapshot) => Promise<void>
  /** Splits a physical partition of a container in two. Gives the ranges that there are then. @throws ServiceError 400, 404, 410 */
  splitPartition: (request: SplitRequest) => Promise<readonly KeyRange[]>
  close: () => Promise<void>
}

interface RunningAccount {
  account: ServedAccount
  address: AccountAddress
  close: () => Promise<void>
}

/** Starts an emulator on 127.0.0.1. Its accounts answer when the promise resolves. @throws Error that says what to do */
export async function startCosmosEmulator(options: EmulatorOptions = {}): Promise<CosmosEmulator> {
  const faults = new Faults()
  for (const fault of options.faults ?? []) faults.add(fault)
  const running: RunningAccount[] = []
  const close = async (): Promise<void> => {
    await Promise.all(running.splice(0).map((account) => account.close()))
  }
  let certificate: Certificate | undefined
  try {
    if (options.https === true) certificate = await openCertificate(options.dataDirectory)
    for (const account of options.accounts ?? [{ name: 'primary', port: 0 }])
      running.push(await startAccount(account, options, faults, certificate))
  } catch (error) {
    await close()
    throw error
  }
  return {
    accounts: running.map(({ address }) => address),
    ...(certificate ? { certificate: { pem: certificate.certificate, ...pathOf(certificate) } } : {}),
    injectFault: (rule, account) => faults.add(account === undefined ? rule : { ...rule, account }),
    faults,
    snapshot: async () => {
      const copies = running.map(async ({ account }) => [account.name, await account.snapshot()] as const)
      return Object.fromEntries(await Promise.all(copies))
    },
    restore: async (snapshot) => {
      for (const { account } of running) {
        const copy = snapshot[account.name]
        if (copy) await account.restore(copy)
      }
    },
    splitPartition: async ({ database, container: id, account: name, ...point }) => {
      const found = running.find(({ account }) => name === undefined || account.name === name)
      if (!found) throw new Error(`The emulator has no account '${String(name)}'.`)
      return found.account.run((store) => {
        const container = store.container(database, id)
        store.splitPartition(container.record, point)
        return container.record.ranges
      })
    },
    close,
    [Symbol.asyncDispose]: close,
  }
}

async function startAccount(
  { name, port, httpsPort = 0, key = wellKnownKey }: AccountOptions,
  {
    dataDirectory,
    clock,
    partitionCount,
    enforceThroughput = false,
    serverless = false,
    scriptBudgetMs,
    allowedHosts = [],
    gatewayStrict = false,
    queries,
  }: EmulatorOptions,
  faults: Faults,
  certificate: Certificate | undefined,
): Promise<RunningAccount> {
  if (!/^[\w-]{1,60}$/.test(name))
    throw new Error(`The account name '${name}' must be of letters, digits, - and _.`)
  if (
    partitionCount !== undefined &&
    !(Number.isInteger(partitionCount) && partitionCount > 0 && partitionCount <= mostPartitions)
  )
    throw new Error(
      `The number of partitions ${partitionCount} must be a whole number from 1 to ${mostPartitions}.`,
    )
  const account = new ServedAccount({
    name,
    key,
    path: dataDirectory === undefined ? undefined : join(dataDirectory, `${name}.sqlite`),
    faults,
    allowedHosts: new Set(allowedHosts.map((host) => host.toLowerCase())),
    partitionCount,
    enforceThroughput,
    settings: { gatewayStrict, serverless },
    clock: clock ?? Date.now,
    isClockOwned: clock !== undefined,
    scriptBudgetMs,
    queries,
  })
  const servers: Server[] = []
  const closeServers = async (): Promise<void> => {
    await Promise.all(servers.map(closeServer))
  }
  const serve = async (wanted: number, secured?: Certificate): Promise<number> => {
    const server = createAccountServer(account, secured)
    await listen(server, wanted)
    servers.push(server)
    return (server.address() as AddressInfo).port
  }
  try {
    const address: AccountAddress = { name, endpoint: `http://127.0.0.1:${await serve(port)}/`, key }
    if (certificate) address.httpsEndpoint = `https://127.0.0.1:${await serve(httpsPort, certificate)}/`
    const sweep = clock === undefined ? setInterval(() => sweepAccount(account), sweepEveryMs) : undefined
    sweep?.unref()
    return {
      account,
      address,
      close: async () => {
        clearInterval(sweep)
        await closeServers()
        account.close()
      },
    }
  } catch (error) {
    await closeServers()
    account.close()
    throw new Error(`The account '${name}' ${messageOf(error)}`, { cause: error })
  }
}

function sweepAccount({ name, store }: ServedAccount): void {
  try {
    store.sweepExpired()
  } catch (error) {
    console.error(`cosmos-emulator: a sweep of '${name}' failed: ${messageOf(error)}`)
  }
}

function pathOf({ path }: Certificate): { path?: string } {
  return path === undefined ? {} : { path }
}

async function listen(server: Server, port: number): Promise<void> {
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

/** Lets requests that are being served finish, then cuts idle connections. */
async function closeServer(server: Server): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  server.close(() => resolve())
  server.closeIdleConnections()
  const cut = setTimeout(() => server.closeAllConnections(), endWithinMs)
  await promise
  clearTimeout(cut)
}
