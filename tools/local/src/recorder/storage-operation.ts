import type { DataOperation, DataRequest } from './data-operation.ts'
import { readAddress, UnknownOperationError } from './data-operation.ts'
import { blobRules, queueRules, tableRules } from './storage-rules.ts'
import type { StorageRule } from './storage-rules.ts'

/** One of the three services of a storage account that we meet. */
export type StorageService = 'blob' | 'queue' | 'table'

interface Target {
  readonly level: string
  readonly resource: string
}

const rulesOf: Readonly<Record<StorageService, readonly StorageRule[]>> = {
  blob: blobRules,
  queue: queueRules,
  table: tableRules,
}

/**
 * Reads which operation of Azure Storage's REST API a request is. The path begins with the account's name, as at the emulator.
 *
 * @throws UnknownOperationError
 */
export function readStorageOperation(service: StorageService, request: DataRequest): DataOperation {
  const { segments: parts, searchParams } = readAddress(request.url)
  const [, , ...segments] = parts
  const target = targetOf(service, segments.filter(Boolean), searchParams)
  const rule = rulesOf[service].find(
    ({ level, methods, query = {}, headers = [] }) =>
      level === target.level &&
      methods.includes(request.method) &&
      ['comp', 'restype', 'peekonly'].every(
        (name) => (searchParams.get(name) ?? undefined) === query[name],
      ) &&
      headers.every((name) => request.headers[name] !== undefined),
  )
  if (!rule) {
    const shown = ['restype', 'comp'].filter((name) => searchParams.has(name))
    const query = shown.map((name) => `${name}=${searchParams.get(name)}`).join('&')
    throw new UnknownOperationError(
      `${request.method} of a ${service} service's ${target.level}${query && `, ${query}`}`,
    )
  }
  return { resource: target.resource, operation: rule.operation }
}

function targetOf(service: StorageService, segments: readonly string[], query: URLSearchParams): Target {
  const [first, ...rest] = segments
  if (first === undefined) return { level: 'account', resource: 'account' }
  if (service === 'table') return tableTarget(first)
  if (service === 'queue') {
    const level = rest[0] === 'messages' ? (rest.length === 1 ? 'messages' : 'message') : 'queue'
    return { level, resource: `queue:${first}` }
  }
  if (query.get('restype') === 'container') return { level: 'container', resource: `blob:${first}` }
  // A blob whose path has one part lies in the root container.
  return { level: 'blob', resource: `blob:${rest.length === 0 ? '$root' : first}` }
}

/** `Tables`, `Tables('name')`, `name`, `name()`, `name(PartitionKey='p',RowKey='r')`. A batch names its table in the body, which is not read. */
function tableTarget(segment: string): Target {
  const [, name = '', key] = /^([^(]*)(?:\((.*)\))?$/s.exec(segment) ?? []
  if (name === '$batch') return { level: 'batch', resource: 'account' }
  if (name === 'Tables')
    return key
      ? { level: 'tables', resource: `table:${key.replaceAll("'", '')}` }
      : { level: 'tables', resource: 'account' }
  return { level: key ? 'entity' : 'table', resource: `table:${name}` }
}
