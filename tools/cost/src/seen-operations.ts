import { readFileSync } from 'node:fs'

/** One kind of thing that an app asked of an account, with how often it was answered with which status. */
interface SeenOperation {
  readonly account: string
  readonly resource: string
  readonly operation: string
  readonly statuses: Readonly<Record<string, number>>
}

/** What apps asked of accounts, summed up as it is billed. */
export interface BilledOperations {
  readonly blobWrites: number
  readonly blobReads: number
  readonly queueOperations: number
  readonly requestUnits: { readonly primary: number; readonly replica: number }
  readonly storageEvents: number
  readonly documentWrites: number
}

/** The answer to a poll that found nothing: such polls come with time, not with work. */
const nothingNew = '304'

/**
 * Request units of one operation on a document of 2 KB, after the service's published figures. The emulator's own charges are
 * not used: they are not the service's. The kinds inside a batch are seen by themselves, too.
 */
const requestUnits: Readonly<Record<string, number>> = {
  ReadItem: 1,
  QueryItems: 3,
  ReadChangeFeed: 2,
  CreateItem: 8,
  UpsertItem: 9,
  ReplaceItem: 12,
  PatchItem: 12,
  DeleteItem: 8,
  ExecuteBatch: 5,
  ReadMetadata: 0,
}

/** Sums up what `npm start -- --record FILE` wrote, without what watches and waits: status requests of clients, polls, locks. */
export function readBilledOperations(file: string): BilledOperations {
  const apps = JSON.parse(readFileSync(file, 'utf8')) as Readonly<Record<string, readonly SeenOperation[]>>
  const seen = Object.entries(apps)
    .flatMap(([app, operations]) => operations.map((operation) => ({ app, ...operation })))
    .filter(({ app, account, resource }) => account !== 'host-storage' && !isStatusRequest(app, resource))
  const sum = (
    isCounted: (operation: (typeof seen)[number]) => boolean,
    weightOf: (name: string) => number = () => 1,
  ): number =>
    seen
      .filter((operation) => isCounted(operation))
      .reduce((total, { operation, statuses }) => total + weightOf(operation) * timesOf(statuses), 0)
  const messages = sum(({ operation }) => operation === 'DeleteMessage')
  return {
    blobWrites: sum(({ resource, operation }) => resource.startsWith('blob:') && isBlobWrite(operation)),
    blobReads: sum(({ resource, operation }) => resource.startsWith('blob:') && !isBlobWrite(operation)),
    // Put, get and delete; looks at an empty queue come with time.
    queueOperations: 3 * messages,
    requestUnits: {
      primary: sum(({ account }) => account === 'cosmos', requestUnitsOf),
      replica: sum(({ account }) => account === 'cosmos-replica', requestUnitsOf),
    },
    storageEvents: sum(
      ({ resource, operation }) => resource === 'queue:media-events' && operation === 'DeleteMessage',
    ),
    documentWrites: sum(
      ({ account, operation }) => account === 'cosmos' && /^(Create|Upsert)Item$/.test(operation),
    ),
  }
}

/** Clients that watch a job ask as often as they like. */
function isStatusRequest(app: string, resource: string): boolean {
  return app === 'api' && resource === 'container:jobs'
}

function timesOf(statuses: Readonly<Record<string, number>>): number {
  return Object.entries(statuses).reduce(
    (sum, [status, count]) => sum + (status === nothingNew ? 0 : count),
    0,
  )
}

function isBlobWrite(operation: string): boolean {
  return /^(Put|Set|Copy|Append|Create|List)/.test(operation)
}

function requestUnitsOf(operation: string): number {
  const units = requestUnits[operation]
  if (units === undefined)
    throw new Error(
      `No request units are known for ${operation}: add them in tools/cost/src/seen-operations.ts.`,
    )
  return units
}
