import { badRequest } from '../errors.ts'
import { parseKeyHeader, prefixBounds } from '../partition/partition-key.ts'
import type { ContainerRecord } from '../storage/catalog.ts'
import type { PartitionScope } from '../storage/scan.ts'
import { header } from './exchange.ts'
import type { Request } from './exchange.ts'
import { namedRange } from './named-range.ts'

/** The part of a container to which a request is confined: a key, a prefix of one, a physical range, or part of it. @throws ServiceError 400, 410 */
export function readConfines(request: Request, record: ContainerRecord): PartitionScope {
  const confines = readKeyScope(request, record)
  const range = namedRange(request, record)
  const [start, end] = [header(request, 'x-ms-start-epk'), header(request, 'x-ms-end-epk')]
  if (!range && start === undefined && end === undefined) return confines
  const { minInclusive, maxExclusive } = range ?? { minInclusive: '', maxExclusive: 'FF' }
  // The greater of the starts and the lesser of the ends: where both are given, both hold.
  const from = start !== undefined && start > minInclusive ? start : minInclusive
  const to = end !== undefined && end < maxExclusive ? end : maxExclusive
  return { ...confines, epkBounds: [from, to] }
}

/** One logical partition, or those with a prefix of a key; the whole container where the request names no key. @throws ServiceError 400 */
export function readKeyScope(
  request: Request,
  { definition: { partitionKey } }: ContainerRecord,
): Pick<PartitionScope, 'pk' | 'pkBounds'> {
  const key = parseKeyHeader(header(request, 'x-ms-documentdb-partitionkey'))
  if (!key || key.parts.length === 0) return {}
  if (key.parts.length > partitionKey.paths.length)
    throw badRequest('The partition key has more components than the container.', 1001)
  return key.parts.length === partitionKey.paths.length ? { pk: key.text } : { pkBounds: prefixBounds(key) }
}
