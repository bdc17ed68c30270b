import type { AddressInfo } from 'node:net'
import { resolve } from 'node:path'

import { wellKnownKey } from './access/master-key.ts'
import { openCertificate } from './certificate.ts'
import type { Certificate } from './certificate.ts'
import { checkOptions } from './emulator-options.ts'
import type { AccountOptions, EmulatorOptions, SplitRequest } from './emulator-options.ts'
import { messageOf } from './errors.ts'
import type { FaultRule } from './faults/fault-rule.ts'
import { Faults } from './faults/faults.ts'
import type { InjectedFault } from './faults/faults.ts'
import { routes } from './http/routes.ts'
import { createAccountServer } from './http/server.ts'
import { listen, trackConnections } from './listen.ts'
import type { KeyRange } from './partition/key-ranges.ts'
import { ServedAccount } from './served-account.ts'

const sweepEveryMs = 1000

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
  checkOptions(options)
  const faults = new Faults(routes.map(({ operation }) => operation))
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
      if (running.length === 0) throw new Error('The emulator is closed: there is nothing to copy.')
      const copies = running.map(async ({ account }) => [account.name, await account.snapshot()] as const)
      return Object.fromEntries(await Promise.all(copies))
    },
    restore: async (snapshot) => {
      const names = new Set(running.map(({ account }) => account.name))
      for (const name of Object.keys(snapshot))
        if (!names.has(name))
          throw new Error(`The emulator has no account '${name}', of which the snapshot is.`)
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
    consistencyLevel,
    scriptBudgetMs,
    allowedHosts = [],
    gatewayStrict = false,
    queries,
  }: EmulatorOptions,
  faults: Faults,
  certificate: Certificate | undefined,
): Promise<RunningAccount> {
  const account = new ServedAccount({
    name,
    key,
    path: dataDirectory === undefined ? undefined : resolve(dataDirectory, `${name}.sqlite`),
    faults,
    allowedHosts: new Set(allowedHosts.map((host) => host.toLowerCase())),
    partitionCount,
    enforceThroughput,
    settings: { gatewayStrict, serverless, consistencyLevel },
    clock: clock ?? Date.now,
    isClockOwned: clock !== undefined,
    scriptBudgetMs,
    queries,
  })
  const servers: { close: () => Promise<void> }[] = []
  const closeServers = async (): Promise<void> => {
    await Promise.all(servers.map((server) => server.close()))
  }
  const serve = async (wanted: number, secured?: Certificate): Promise<number> => {
    const server = createAccountServer(account, secured)
    const connections = trackConnections(server)
    await listen(server, wanted)
    servers.push(connections)
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
