import type { OpenContainer } from '../../storage/account-store.ts'
import type { IndexRange } from '../../storage/index-key.ts'
import type { IndexPosition, PropertyIndex } from '../../storage/property-index.ts'
import type { PartitionScope, Scan } from '../../storage/scan.ts'
import type { IndexedItem, ScannedItem } from '../../storage/stored-item.ts'

/** How the candidates of a query are found. */
export type Access =
  | { kind: 'scan'; scan: Scan }
  /** By `rid`, through an index. */
  | { kind: 'rids'; rids: readonly number[] }
  | { kind: 'equal'; index: PropertyIndex; key: Buffer; afterRid: number }
  /** In the order of an index. */
  | {
      kind: 'ordered'
      index: PropertyIndex
      ranges: readonly IndexRange[]
      isDescending: boolean
      after: IndexPosition | undefined
    }

/** The next documents; none at the end. */
export type NextBatch = () => ScannedItem[]

const firstBatch = 32
const largestBatch = 512
const largestRidBatch = 64
const largestBatchCharacters = 1024 * 1024

/**
 * Reads candidates in batches. Nothing stays open in the file between two of them, so that others may write there; each
 * batch goes on by key after the one before.
 */
export function openSource(
  { items }: OpenContainer,
  access: Access,
  { scope, nowSeconds }: { scope: PartitionScope; nowSeconds: number },
): NextBatch {
  let size = firstBatch
  const nextSize = (): number => {
    const now = size
    size = Math.min(largestBatch, size * 2)
    return now
  }
  switch (access.kind) {
    case 'scan': {
      let { after } = access.scan
      return () => {
        const batch = take(
          items.scan({ ...access.scan, ...(after ? { after } : {}) }, nowSeconds),
          nextSize(),
        )
        after = batch.at(-1) ?? after
        return batch
      }
    }
    case 'rids':
      return ridBatches(access.rids, nextSize, (rids) => [...items.scanRids(rids, scope, nowSeconds)])
    case 'equal': {
      const { index, key } = access
      let { afterRid } = access
      return () => {
        const batch = take(index.scanEqual({ ...scope, key, afterRid }, nowSeconds), nextSize())
        afterRid = batch.at(-1)?.rid ?? afterRid
        return batch
      }
    }
    case 'ordered':
      return orderedBatches(access, nextSize, { scope, nowSeconds })
  }
}

/** A document that a batch names may be gone, or outside of the scope: a batch of none is not yet the end. */
function ridBatches(
  rids: readonly number[],
  nextSize: () => number,
  read: (rids: readonly number[]) => ScannedItem[],
): NextBatch {
  let at = 0
  return () => {
    while (at < rids.length) {
      const wanted = rids.slice(at, at + Math.min(nextSize(), largestRidBatch))
      at += wanted.length
      const batch = read(wanted)
      if (batch.length > 0) return batch
    }
    return []
  }
}

function orderedBatches(
  { index, ranges, isDescending, after }: Access & { kind: 'ordered' },
  nextSize: () => number,
  { scope, nowSeconds }: { scope: PartitionScope; nowSeconds: number },
): NextBatch {
  // Ranges that end before the position have been read.
  const open = ranges.filter(
    ([from, to]) => !after || (isDescending ? from.compare(after.key) <= 0 : to.compare(after.key) > 0),
  )
  let position = after
  let at = 0
  return () => {
    for (; at < open.length; at += 1) {
      const range = open[at]
      if (!range) break
      const isInside = position && range[0].compare(position.key) <= 0 && range[1].compare(position.key) > 0
      const batch = take(
        index.scan(
          { ...scope, range, isDescending, ...(isInside && position ? { after: position } : {}) },
          nowSeconds,
        ),
        nextSize(),
      )
      const last = batch.at(-1) as IndexedItem | undefined
      if (last) {
        position = { key: last.key, rid: last.rid }
        return batch
      }
    }
    return []
  }
}

function take(rows: Iterable<ScannedItem>, most: number): ScannedItem[] {
  const batch: ScannedItem[] = []
  let characters = 0
  for (const row of rows) {
    batch.push(row)
    characters += row.body.length
    if (batch.length >= most || characters > largestBatchCharacters) break
  }
  return batch
}
