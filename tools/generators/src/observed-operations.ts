import { stringify } from './json.ts'

/** What an app does to storage and databases, as `npm run observe` sees it. */
export interface ObservedOperation {
  readonly account: 'media-storage' | 'host-storage' | 'cosmos'
  /** `queue:<name>`, `container:<name>`, `blob:<container>` or `account`. */
  readonly resource: string
  readonly operation: string
}

/** What the host does for a queue function. A message that fails too often is put on the poison queue. */
export function queueOperations(queue: string): readonly ObservedOperation[] {
  const isPoison = queue.endsWith('-poison')
  const taken = isPoison
    ? ['DeleteMessage', 'GetMessages']
    : ['DeleteMessage', 'GetMessages', 'UpdateMessage']
  return [
    ...operationsOn('media-storage', `queue:${queue}`, taken),
    ...(isPoison ? [] : operationsOn('media-storage', `queue:${queue}-poison`, ['PutMessage'])),
  ]
}

/**
 * What the host does for a timer function: it keeps a lock, so that one instance runs it, and reads when it ran last where it
 * runs once a minute at most.
 */
export function timerOperations(schedule: string): readonly ObservedOperation[] {
  const isMonitored = /^\d+ /.test(schedule)
  return operationsOn('host-storage', 'blob:azure-webjobs-hosts', [
    'CreateContainer',
    ...(isMonitored ? ['GetBlob'] : []),
    'LeaseBlob',
    'PutBlob',
  ])
}

/** What the host does for a change feed function: it reads the feed, and keeps in the leases how far it is. */
export function changeFeedOperations(container: string, leases: string): readonly ObservedOperation[] {
  return [
    ...operationsOn('cosmos', 'account', ['ReadMetadata']),
    ...operationsOn('cosmos', `container:${container}`, ['ReadChangeFeed', 'ReadMetadata']),
    ...operationsOn('cosmos', `container:${leases}`, [
      'CreateItem',
      'QueryItems',
      'ReadMetadata',
      'ReplaceItem',
    ]),
  ]
}

/** Adds operations of an app to `apps/observed-operations.json`, sorted; the app itself where it does nothing yet. */
export function addObservedOperations(
  file: string,
  app: string,
  operations: readonly ObservedOperation[],
): string {
  const apps = JSON.parse(file) as Record<string, readonly ObservedOperation[]>
  const unique = new Map([...(apps[app] ?? []), ...operations].map((one) => [sortKeyOf(one), one]))
  const sorted = [...unique].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, operation]) => operation)
  const all = Object.entries({ ...apps, [app]: sorted }).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return stringify(Object.fromEntries(all))
}

function operationsOn(
  account: ObservedOperation['account'],
  resource: string,
  operations: readonly string[],
): readonly ObservedOperation[] {
  return operations.map((operation) => ({ account, resource, operation }))
}

function sortKeyOf({ account, resource, operation }: ObservedOperation): string {
  return [account, resource, operation].join(' ')
}
