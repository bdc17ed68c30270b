import { splitPath } from '../../partition/partition-key.ts'
import type { OpenContainer } from '../../storage/account-store.ts'
import type { IndexSpec } from '../../storage/indexing-policy.ts'
import type { PropertyIndex } from '../../storage/property-index.ts'
import type { PartitionScope } from '../../storage/scan.ts'
import { chooseNarrowing } from '../access-path/choose-index.ts'
import { isToldByRanges } from '../access-path/property-ranges.ts'
import type { PropertyRanges } from '../access-path/property-ranges.ts'
import { isSingle } from '../access-path/value-ranges.ts'
import { pathOf } from '../access-path/where-terms.ts'
import type { Query } from '../syntax/ast.ts'

interface CountFacts {
  query: Query
  rootAlias: string | undefined
  parameters: ReadonlyMap<string, unknown>
  conditions: PropertyRanges
  /** Where the request is confined to, and where WHERE confines it besides. */
  confines: PartitionScope
  scope: PartitionScope
  /** The partition key that WHERE gives, whole. */
  whereKey: string | undefined
  indexes: readonly PropertyIndex[]
  hasComputed: boolean
  nowSeconds: number
}

/**
 * Counts for `SELECT VALUE COUNT(1) FROM c` without reading a document, where there is no WHERE, or one that an index
 * tells all of; undefined for other queries.
 */
export function countInFile(
  { items, record }: OpenContainer,
  facts: CountFacts,
): { count: number; used: IndexSpec[] } | undefined {
  const { query, rootAlias, parameters, confines, scope, nowSeconds } = facts
  if (rootAlias === undefined || !isPlainCount(query)) return undefined
  if (!query.where) return { count: items.count(confines, nowSeconds), used: [] }
  const { defaultTtl, partitionKey } = record.definition
  const isWhole = scope.pkBounds === undefined && scope.epkBounds === undefined
  // An index does not tell what has expired, nor what is computed.
  if (!isWhole || defaultTtl !== undefined || facts.hasComputed) return undefined
  if (!isToldByRanges(query.where, { rootAlias, parameters })) return undefined
  const isKeyTold = facts.whereKey !== undefined && facts.whereKey === scope.pk
  const open = isKeyTold ? withoutKey(facts.conditions, partitionKey.paths) : facts.conditions
  if (!open) return undefined
  if (open.size === 0) return { count: items.count(scope, nowSeconds), used: [] }
  const found = chooseNarrowing(
    facts.indexes.map((index) => ({ index, spec: index.record.spec })),
    { isByPartition: scope.pk !== undefined, conditions: open, order: [], keepsUndefined: true },
  )
  if (found?.toldCount !== open.size) return undefined
  return { count: found.index.index.count(scope, found.ranges), used: [found.index.spec] }
}

/** The conditions on other properties than the key's, where each of these has one value; undefined where one has not. */
function withoutKey(conditions: PropertyRanges, keyPaths: readonly string[]): PropertyRanges | undefined {
  const open = new Map(conditions)
  for (const path of keyPaths.map((keyPath) => pathOf(splitPath(keyPath)))) {
    const [range, ...others] = conditions.get(path) ?? []
    if (!range || others.length > 0 || !isSingle(range)) return undefined
    open.delete(path)
  }
  return open
}

function isPlainCount({ select, from, groupBy, isDistinct, top, offset }: Query): boolean {
  if (select.kind !== 'value' || groupBy.length > 0 || isDistinct || top || offset) return false
  const { value } = select
  const isCount = value.kind === 'call' && !value.isUserDefined && value.name.toUpperCase() === 'COUNT'
  const [argument] = isCount ? value.args : []
  return argument?.kind === 'literal' && argument.value !== undefined && from.length === 1
}
