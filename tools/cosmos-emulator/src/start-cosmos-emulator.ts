import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'

import { messageOf } from './errors.ts'
import { Faults } from './faults.ts'
import type { FaultRule } from './faults.ts'
import { wellKnownKey } from './http/authorize.ts'
import { createAccountServer } from './http/server.ts'
import { AccountStore } from './storage/account-store.ts'

const sweepEveryMs = 1000

/** An account to serve. */
export interface AccountOptions {
  /** Names its data file: letters, digits, `-` and `_`. */
  name: string
  /** 0 takes a free one. */
  port: number
  /** The master key, base64; by default the one that every Cosmos emulator has. */
  key?: string
}

/** How an emulator starts. */
export interface EmulatorOptions {
  /** One account, `primary`, on a free port where absent. */
  accounts?: AccountOptions[]
  /** A file per account in this folder; everything in memory where absent. */
  dataDirectory?: string
  /** Milliseconds since 1970; TTL, `_ts` and the date functions follow it. */
  clock?: () => number
  /** Faults to begin with. */
  faults?: FaultRule[]
}

/** A running emulator. */
export interface CosmosEmulator extends AsyncDisposable {
  accounts: { name: string; endpoint: string; key: string }[]
  /** Strikes matching requests of every account, or of the one named. */
  injectFault: (rule: FaultRule, account?: string) => void
  close: () => Promise<void>
}

interface RunningAccount {
  name: string
  endpoint: string
  key: string
  faults: Faults
  close: () => Promise<void>
}

/** Starts an emulator on 127.0.0.1. Its accounts answer when the promise resolves. */
export async function startCosmosEmulator(options: EmulatorOptions = {}): Promise<CosmosEmulator> {
  const running: RunningAccount[] = []
  const close = async (): Promise<void> => {
    await Promise.all(running.splice(0).map((account) => account.close()))
  }
  try {
    for (const account of options.accounts ?? [{ name: 'primary', port: 0 }])
      running.push(await startAccount(account, options))
  } catch (error) {
    await close()
    throw error
  }
  const injectFault = (rule: FaultRule, name?: string): void => {
    for (const account of running) if (name === undefined || account.name === name) account.faults.add(rule)
  }
  for (const fault of options.faults ?? []) injectFault(fault)
  return {
    accounts: running.map(({ name, endpoint, key }) => ({ name, endpoint, key })),
    injectFault,
    close,
    [Symbol.asyncDispose]: close,
  }
}

async function startAccount(
  { name, port, key = wellKnownKey }: AccountOptions,
  { dataDirectory, clock = Date.now }: EmulatorOptions,
): Promise<RunningAccount> {
  if (!/^[\w-]{1,60}$/.test(name))
    throw new Error(`The account name '${name}' must be of letters, digits, - and _.`)
  const path = dataDirectory === undefined ? undefined : join(dataDirectory, `${name}.sqlite`)
  const store = new AccountStore(path, clock)
  const faults = new Faults()
  const server = createAccountServer({ store, faults, key })
  try {
    await listen(server, port)
  } catch (error) {
    store.file.close()
    throw new Error(`The account '${name}' cannot listen on port ${port}: ${messageOf(error)}`, {
      cause: error,
    })
  }
  const sweep = setInterval(() => {
    try {
      store.sweepExpired()
    } catch (error) {
      console.error(`cosmos-emulator: a sweep of '${name}' failed: ${messageOf(error)}`)
    }
  }, sweepEveryMs)
  sweep.unref()
  return {
    name,
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    key,
    faults,
    close: async () => {
      clearInterval(sweep)
      await closeServer(server)
      store.file.close()
    },
  }
}

async function listen(server: Server, port: number): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  server.once('error', reject)
  server.listen(port, '127.0.0.1', () => {
    server.off('error', reject)
    resolve()
  })
  await promise
}

/** Lets requests that are being served finish, then cuts idle connections. */
async function closeServer(server: Server): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  server.close(() => resolve())
  server.closeIdleConnections()
  const cut = setTimeout(() => server.closeAllConnections(), 2000)
  await promise
  clearTimeout(cut)
}
