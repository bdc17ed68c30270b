import type { FaultRule } from './faults/fault-rule.ts'
import type { ConsistencyLevel } from './http/consistency.ts'
import type { SplitPoint } from './partition/split-point.ts'
import { defaultQuerySettings } from './storage/query-settings.ts'
import type { QuerySettings } from './storage/query-settings.ts'

const mostPartitions = 100

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
  /**
   * The consistency of the account: a request for a stronger one is refused. By default the account says Session and serves any request:
   * every answer is strongly consistent, whatever is asked for.
   */
  consistencyLevel?: ConsistencyLevel
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

const optionNames: Record<keyof EmulatorOptions, true> = {
  accounts: true,
  dataDirectory: true,
  https: true,
  clock: true,
  partitionCount: true,
  enforceThroughput: true,
  serverless: true,
  consistencyLevel: true,
  faults: true,
  scriptBudgetMs: true,
  allowedHosts: true,
  gatewayStrict: true,
  queries: true,
}
const accountOptionNames: Record<keyof AccountOptions, true> = {
  name: true,
  port: true,
  httpsPort: true,
  key: true,
}

/** @throws Error that names what cannot be, and what it must be */
export function checkOptions(options: EmulatorOptions): void {
  checkNames('The options have', options, optionNames)
  const { accounts, clock, dataDirectory, partitionCount } = options
  if (dataDirectory !== undefined && (typeof dataDirectory !== 'string' || dataDirectory === ''))
    throw new Error('The option dataDirectory must be the path of a folder.')
  if (clock !== undefined && !(typeof clock === 'function' && Number.isFinite(clock())))
    throw new Error('The option clock must be a function that gives milliseconds since 1970.')
  if (accounts?.length === 0)
    throw new Error('The option accounts must name an account; without it there is one, primary.')
  checkAccounts(accounts ?? [])
  checkLimits(options)
  const isCount = Number.isInteger(partitionCount) && Number(partitionCount) > 0
  if (partitionCount !== undefined && !(isCount && partitionCount <= mostPartitions))
    throw new Error(
      `The number of partitions ${partitionCount} must be a whole number from 1 to ${mostPartitions}.`,
    )
}

function checkLimits({ scriptBudgetMs, queries = {}, allowedHosts }: EmulatorOptions): void {
  checkNames('The option queries has', queries, defaultQuerySettings)
  for (const [name, limit] of Object.entries({ scriptBudgetMs, ...queries }))
    if (name !== 'indexing' && limit !== undefined && !(Number.isFinite(limit) && Number(limit) >= 0))
      throw new Error(`The option ${name} must be a number from 0 on, not ${String(limit)}.`)
  if (allowedHosts !== undefined && !Array.isArray(allowedHosts))
    throw new Error('The option allowedHosts must be a list of host names.')
}

function checkAccounts(accounts: readonly AccountOptions[]): void {
  const names = new Set<string>()
  for (const account of accounts) {
    checkNames('An account has', account, accountOptionNames)
    const { name, key } = account
    if (!/^[\w-]{1,60}$/.test(name))
      throw new Error(`The account name '${name}' must be of letters, digits, - and _, at most 60.`)
    if (names.has(name)) throw new Error(`The account name '${name}' is given twice.`)
    if (
      key !== undefined &&
      !/^(?:[A-Za-z\d+/]{4})*(?:[A-Za-z\d+/]{2}==|[A-Za-z\d+/]{3}=|[A-Za-z\d+/]{4})$/.test(key)
    )
      throw new Error(`The key of the account '${name}' must be base64.`)
    names.add(name)
  }
}

/** A misspelt option would otherwise do nothing. */
function checkNames(whose: string, given: object, names: object): void {
  for (const name of Object.keys(given))
    if (!Object.hasOwn(names, name))
      throw new Error(`${whose} no field '${name}': there are ${Object.keys(names).join(', ')}.`)
}
