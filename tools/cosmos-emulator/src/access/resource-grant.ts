import type { AccountStore } from '../storage/account-store.ts'

/** What a resource token allows: one resource and all under it, in one partition where it names a key. */
export interface ResourceGrant {
  /** The resource by `_rid`s, so that it is never taken for one made anew under the same name. */
  path: string[]
  mode: 'Read' | 'All'
  /** The first parts of the partition key of all that is allowed. */
  partitionKey?: unknown[]
  /** In seconds since 1970. */
  expiresAt: number
}

/**
 * The resource that a path or link names, by `_rid`s: database and container are looked up, what is under them is taken as it is.
 * @returns undefined where the database or the container is not there
 */
export function resourcePath(segments: readonly string[], store: AccountStore): string[] | undefined {
  const [area, databaseId = '', kind, id = '', ...rest] = segments
  if (area !== 'dbs') return undefined
  const database = store.catalog.database(databaseId)
  if (!database) return undefined
  const path = ['dbs', database.rid]
  if (kind === undefined) return path
  if (kind !== 'colls') return [...path, kind, id, ...rest]
  const container = store.catalog.container(database, id)
  return container && [...path, kind, container.rid, ...rest]
}

/** Whether one resource is another one, or under it. */
export function isUnder(path: readonly string[], ancestor: readonly string[]): boolean {
  return ancestor.every((part, index) => path[index] === part)
}
