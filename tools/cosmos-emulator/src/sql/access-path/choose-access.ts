import { splitPath } from '../../partition/partition-key.ts'
import type { OpenContainer } from '../../storage/account-store.ts'
import { encodeKey } from '../../storage/index-key.ts'
import type { IndexColumn } from '../../storage/index-key.ts'
import { ascendingFirst, specKey } from '../../storage/indexing-policy.ts'
import type { IndexSpec } from '../../storage/indexing-policy.ts'
import type { PropertyIndex } from '../../storage/property-index.ts'
import type { PartitionScope, Scan } from '../../storage/scan.ts'
import type { ResumePosition } from '../run/continuation.ts'
import type { Access } from '../run/document-source.ts'
import { chooseNarrowing, chooseOrdering } from './choose-index.ts'
import type { Narrowing, Ordering, Wanted } from './choose-index.ts'
import type { PropertyRanges } from './property-ranges.ts'
import { isSingle } from './value-ranges.ts'
import { namesOf, pathOf } from './where-terms.ts'

/** What is known of a query when its way to the documents is chosen. */
export interface AccessFacts extends Omit<Wanted, 'isByPartition'> {
  scope: PartitionScope
  /** What the file can narrow without an index of properties. */
  bounds: Pick<Scan, 'id' | 'ids' | 'idBounds' | 'tsBounds'>
  /** Whether every document must be seen before there is a result. */
  needsAll: boolean
  indexes: readonly PropertyIndex[]
  after: ResumePosition['after']
}

/** How a query reads its documents. */
export interface ChosenAccess {
  access: Access
  /** Whether they come in the order of the query. */
  isOrdered: boolean
  /** The indexes that are read. */
  used: IndexSpec[]
  /** The index that would serve better, if there is one. */
  wish: IndexSpec | undefined
  /** Whether the file looks through documents that it does not hand out. */
  isBlind: boolean
}

/** So few documents are sorted sooner than they are read in order. */
const fewCandidates = 2000
/** So many are still looked for one by one, where the reader wants a page, or all. */
const mostForPage = 10_000
const mostForAll = 200_000
/** So many properties with one value each go into an index that is wished for. */
const mostEqualColumns = 3

/** Chooses how the documents of a query are found. An index never changes what the query gives, nor the order in which it does. */
export function chooseAccess(container: OpenContainer, facts: AccessFacts): ChosenAccess {
  const { scope, indexes, order } = facts
  const wanted: Wanted = {
    ...facts,
    isByPartition: scope.pk !== undefined,
    conditions: scope.pk === undefined ? facts.conditions : withoutKey(facts.conditions, container),
  }
  const byRecord = indexes.map((index) => ({ index, spec: index.record.spec }))
  const narrowing = chooseNarrowing(byRecord, wanted)
  const ordering = chooseOrdering(byRecord, wanted)
  const chosen = isSmall(container, facts)
    ? undefined
    : order.length > 0
      ? orderedAccess(facts, { narrowing, ordering })
      : narrowing && unorderedAccess(facts, narrowing, facts.needsAll ? mostForAll : mostForPage)
  const best = chosen ?? scanAccess(facts)
  const isBlind = best.access.kind === 'scan' && !isPointed(facts) && Object.keys(facts.bounds).length > 0
  return { ...best, wish: wishedIndex(wanted, best.used), isBlind }
}

/** Whether partition key and id are given. */
function isPointed({ scope, bounds }: AccessFacts): boolean {
  return (bounds.id !== undefined || bounds.ids !== undefined) && scope.pk !== undefined
}

type Indexed = { index: PropertyIndex; spec: IndexSpec }
type Found = Omit<ChosenAccess, 'wish' | 'isBlind'>

/** Whether what the partition key and the id leave is so little that no index can help. */
function isSmall({ items }: OpenContainer, facts: AccessFacts): boolean {
  const { scope } = facts
  if (isPointed(facts)) return true
  return scope.pkBounds !== undefined && !items.hasMoreThan(fewCandidates, scope)
}

function orderedAccess(
  facts: AccessFacts,
  {
    narrowing,
    ordering,
  }: { narrowing: Narrowing<Indexed> | undefined; ordering: Ordering<Indexed> | undefined },
): Found | undefined {
  const orders = idOrder(facts)
  const isOrderedToo = narrowing?.index === ordering?.index
  if (narrowing && !isOrderedToo) {
    const few = unorderedAccess(facts, narrowing, fewCandidates)
    if (few) return few
  }
  if (orders) return { access: { kind: 'scan', scan: orders }, isOrdered: true, used: [] }
  if (ordering) {
    const { index, spec } = ordering.index
    const { ranges, isDescending, prefix } = ordering
    const columns = spec.columns.slice(spec.columns.length - facts.order.length)
    const after = facts.after && {
      key: Buffer.concat([prefix, encodeKey(facts.after.keys, columns)]),
      rid: facts.after.rid,
    }
    return {
      access: { kind: 'ordered', index, ranges, isDescending, after },
      isOrdered: true,
      used: [spec],
    }
  }
  return narrowing && unorderedAccess(facts, narrowing, mostForAll)
}

/** Within one logical partition the file itself is sorted by id. */
function idOrder({ order, scope, bounds, after }: AccessFacts): Scan | undefined {
  const [key, ...others] = order
  if (!key || others.length > 0 || pathOf(key.path) !== pathOf(['id']) || scope.pk === undefined)
    return undefined
  const id = after?.keys[0]
  return {
    ...bounds,
    ...scope,
    order: key.isDescending ? 'idDescending' : 'id',
    ...(after && typeof id === 'string' ? { after: { id, rid: after.rid } } : {}),
  }
}

function unorderedAccess(
  facts: AccessFacts,
  { index, ranges, key }: Narrowing<Indexed>,
  most: number,
): Found | undefined {
  const { scope, order, after } = facts
  const afterRid = order.length === 0 ? (after?.rid ?? 0) : 0
  const found = { isOrdered: order.length === 0, used: [index.spec] }
  if (key && order.length === 0)
    return { ...found, access: { kind: 'equal', index: index.index, key, afterRid } }
  const rids = index.index.rids(scope, ranges, most)
  return rids && { ...found, access: { kind: 'rids', rids: rids.filter((rid) => rid > afterRid) } }
}

function scanAccess({ bounds, scope, order, after }: AccessFacts): Found {
  const isOrdered = order.length === 0
  const start = isOrdered && after ? { after: { id: '', rid: after.rid } } : {}
  return {
    access: { kind: 'scan', scan: { ...bounds, ...scope, order: 'rid', ...start } },
    isOrdered,
    used: [],
  }
}

/** Within one logical partition, what is asked of its key tells no document from another. */
function withoutKey(conditions: PropertyRanges, { record }: OpenContainer): PropertyRanges {
  const keyPaths = new Set(record.definition.partitionKey.paths.map((path) => pathOf(splitPath(path))))
  return new Map([...conditions].filter(([path]) => !keyPaths.has(path)))
}

/** The index that would serve a query best: by the properties with one value, then by what it is sorted by, or else a range. */
function wishedIndex(
  { isByPartition, conditions, order }: Wanted,
  used: readonly IndexSpec[],
): IndexSpec | undefined {
  const sorted = new Set(order.map(({ path }) => pathOf(path)))
  const open = [...conditions].filter(([path]) => !sorted.has(path))
  const isEqual = ([, [range, ...others]]: (typeof open)[number]): boolean =>
    range !== undefined && others.length === 0 && isSingle(range)
  // In one order, whatever the order of the query's text, so that queries share an index.
  const equal = open.filter(isEqual).toSorted(([a], [b]) => (a < b ? -1 : 1))
  const ranges = order.length === 0 ? open.filter((entry) => !isEqual(entry)).slice(0, 1) : []
  const filters = [...equal.slice(0, mostEqualColumns), ...ranges]
  const columns: IndexColumn[] = [
    ...filters.map(([path]) => ({ path: namesOf(path), isDescending: false })),
    // What is computed cannot be indexed.
    ...(order.every(({ path }) => path.length > 0) ? ascendingFirst(order) : []),
  ]
  if (columns.length === 0) return undefined
  const wish: IndexSpec = { isByPartition, columns }
  return used.some((spec) => specKey(spec) === specKey(wish)) ? undefined : wish
}
