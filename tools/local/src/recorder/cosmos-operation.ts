import type { DataOperation, DataRequest } from './data-operation.ts'
import { readAddress, UnknownOperationError } from './data-operation.ts'

interface CosmosRule {
  readonly operation: string
  readonly method: string
  /** The path without ids. */
  readonly path: string
  /** Headers that must be there, with this value where one is given. */
  readonly headers?: Readonly<Record<string, string | undefined>>
}

const container = '/dbs/colls'
const items = `${container}/docs`
const isBatch = { 'x-ms-cosmos-is-batch-request': 'true' }

/** Cosmos DB has no operation names on the wire: these are ours, after the SDKs' methods. The first that fits counts. */
const rules: readonly CosmosRule[] = [
  // Everything that an app may learn of accounts, databases and containers is one permission.
  { operation: 'ReadMetadata', method: 'GET', path: '/' },
  { operation: 'ReadMetadata', method: 'GET', path: '/dbs' },
  { operation: 'ReadMetadata', method: 'GET', path: container },
  { operation: 'ReadMetadata', method: 'GET', path: `${container}/pkranges` },

  { operation: 'ReadChangeFeed', method: 'GET', path: items, headers: { 'a-im': undefined } },
  {
    operation: 'QueryItems',
    method: 'POST',
    path: items,
    headers: { 'x-ms-cosmos-is-query-plan-request': 'true' },
  },
  { operation: 'ExecuteBatch', method: 'POST', path: items, headers: isBatch },
  { operation: 'QueryItems', method: 'POST', path: items, headers: { 'x-ms-documentdb-isquery': 'true' } },
  { operation: 'UpsertItem', method: 'POST', path: items, headers: { 'x-ms-documentdb-is-upsert': 'true' } },
  { operation: 'CreateItem', method: 'POST', path: items },
  { operation: 'ReadItem', method: 'GET', path: `${items}/*` },
  { operation: 'ReplaceItem', method: 'PUT', path: `${items}/*` },
  { operation: 'PatchItem', method: 'PATCH', path: `${items}/*` },
  { operation: 'DeleteItem', method: 'DELETE', path: `${items}/*` },
  { operation: 'ExecuteStoredProcedure', method: 'POST', path: `${container}/sprocs/*` },

  // Not for a data-plane identity in Azure: seen here, it is a finding there.
  { operation: 'CreateDatabase', method: 'POST', path: '/dbs' },
  { operation: 'CreateContainer', method: 'POST', path: container },
]

/** Whether the body tells what else a request does: a batch holds operations of several kinds. */
export function isCosmosBatch({ headers }: DataRequest): boolean {
  return String(headers['x-ms-cosmos-is-batch-request']).toLowerCase() === 'true'
}

/**
 * Reads what a request does to a Cosmos account: one operation, or for a batch also the operations inside, of the same container.
 *
 * @param body of a batch; not needed for anything else
 * @throws UnknownOperationError
 */
export function readCosmosOperations(request: DataRequest, body = ''): readonly DataOperation[] {
  const segments = readAddress(request.url).segments.filter(Boolean)
  const path = pathOf(segments)
  const rule = rules.find(
    (candidate) =>
      candidate.method === request.method &&
      candidate.path === path &&
      Object.entries(candidate.headers ?? {}).every(([name, value]) => hasHeader(request, name, value)),
  )
  if (!rule) throw new UnknownOperationError(`${request.method} ${path} of a Cosmos account`)
  const [, database, , containerName] = segments
  const resource = containerName
    ? `container:${containerName}`
    : database
      ? `database:${database}`
      : 'account'
  const operations =
    rule.operation === 'ExecuteBatch' ? ['ExecuteBatch', ...kindsInside(body)] : [rule.operation]
  return operations.map((operation) => ({ resource, operation }))
}

/** `/dbs/d/colls/c/docs/i` -> `/dbs/colls/docs/*`: whether a document is named counts, the names of what it lies in do not. */
function pathOf(segments: readonly string[]): string {
  const kinds = segments.filter((_, index) => index % 2 === 0)
  const isItem = segments.length === 6
  return `/${[...kinds, ...(isItem ? ['*'] : [])].join('/')}`
}

function hasHeader({ headers }: DataRequest, name: string, value: string | undefined): boolean {
  const found = headers[name]
  return found !== undefined && (value === undefined || String(found).toLowerCase() === value)
}

/** @throws UnknownOperationError for a body that is no list of operations, such as one that broke off */
function kindsInside(body: string): readonly string[] {
  let parts: readonly { readonly operationType: string }[]
  try {
    parts = JSON.parse(body) as typeof parts
  } catch (cause) {
    throw new UnknownOperationError('a batch whose body is not JSON', { cause })
  }
  return [...new Set(parts.map(({ operationType }) => `${operationType}Item`))]
}
