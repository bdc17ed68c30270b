import type { AccountStore, OpenContainer } from '../storage/account-store.ts'
import type { DatabaseRecord } from '../storage/catalog.ts'
import type { ConsistencyLevel } from './consistency.ts'
import type { Request } from './exchange.ts'

/** How an account behaves where clients may choose. */
export interface AccountSettings {
  /** Refuse the queries that the service's gateway refuses: those whose answers several partitions have to merge. */
  gatewayStrict: boolean
  /** Has no throughput to provision: no offers, and a request that asks for one is refused. */
  serverless: boolean
  /** What readers may count on: no request may ask for more. Where absent the account says Session, and serves any. */
  consistencyLevel: ConsistencyLevel | undefined
}

/** A request with the account it speaks to and the ids that its path names. */
export interface Call {
  store: AccountStore
  settings: AccountSettings
  request: Request
  /** By the names in the route's path, such as `database`. */
  ids: Readonly<Record<string, string>>
  /** The account's master key, which signs resource tokens. */
  key: string
}

/** The id that the path gives under this name. */
export function idOf({ ids }: Call, name: string): string {
  const id = ids[name]
  if (id === undefined) throw new Error(`The route has no {${name}} in its path.`)
  return id
}

/** The database that the path names. @throws ServiceError 404 */
export function databaseOf(call: Call): DatabaseRecord {
  return call.store.database(idOf(call, 'database'))
}

/** The container that the path names. @throws ServiceError 404 */
export function containerOf(call: Call): OpenContainer {
  return call.store.container(idOf(call, 'database'), idOf(call, 'container'))
}
