import type { OpenContainer } from '../../storage/account-store.ts'
import type { IndexColumn } from '../../storage/index-key.ts'
import type { PartitionScope } from '../../storage/scan.ts'
import type { AccessFacts } from '../access-path/choose-access.ts'
import { narrowScan } from '../access-path/narrow-scan.ts'
import { propertyRanges } from '../access-path/property-ranges.ts'
import type { PropertyRanges } from '../access-path/property-ranges.ts'
import { documentPath, namesOf } from '../access-path/where-terms.ts'
import type { PreparedQuery } from './prepare-query.ts'
import type { QueryRequest } from './query-page.ts'

/** What a query and its request say of the documents that are looked for. */
export interface QueryFacts {
  /** Where to look: the request's own confinement, or else what WHERE says of the partition key. */
  scope: PartitionScope
  /** What the file can narrow without an index of properties. */
  bounds: AccessFacts['bounds']
  /** The partition key that WHERE gives, whole. */
  whereKey: string | undefined
  /** What WHERE says of properties that are in the documents; computed ones are not. */
  conditions: PropertyRanges
  /** What the query is sorted by; a computed property has no path. */
  order: IndexColumn[]
}

/** Reads a query for those who choose how its documents are found. */
export function queryFacts(
  { record }: OpenContainer,
  { confines, parameters }: QueryRequest,
  { query, compiled: { rootAlias }, computed }: PreparedQuery,
): QueryFacts {
  const isComputed = (path: string): boolean => computed.has(namesOf(path)[0] ?? '')
  const { pk, pkBounds, ...bounds } = narrowScan({
    where: query.where,
    rootAlias,
    parameters,
    keyPaths: record.definition.partitionKey.paths,
  })
  const isConfined = confines.pk !== undefined || confines.pkBounds !== undefined
  const place = isConfined ? {} : { ...(pk !== undefined && { pk }), ...(pkBounds && { pkBounds }) }
  const ranges = rootAlias === undefined ? [] : propertyRanges(query.where, { rootAlias, parameters })
  return {
    scope: { ...place, ...confines },
    bounds,
    whereKey: pk,
    conditions: new Map([...ranges].filter(([path]) => !isComputed(path))),
    order: query.orderBy.map(({ value, isDescending }) => {
      const path = documentPath(value, rootAlias ?? '')
      return { path: path === undefined || isComputed(path) ? [] : namesOf(path), isDescending }
    }),
  }
}
