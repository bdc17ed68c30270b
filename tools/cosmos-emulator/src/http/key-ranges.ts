import { keyRangeRid } from '../storage/resource-ids.ts'
import { containerOf } from './call.ts'
import type { Call } from './call.ts'
import { answer, header } from './exchange.ts'
import type { Response } from './exchange.ts'
import { metadataCharge } from './resource-etags.ts'

/** GET `/dbs/{database}/colls/{container}/pkranges`: the physical partitions. */
export function readKeyRanges(call: Call): Response {
  const { record } = containerOf(call)
  const etag = `"${record.rid}-${record.ranges.length}"`
  const headers = { ...metadataCharge, etag, 'x-ms-item-count': String(record.ranges.length) }
  // A client that already knows these ranges is told that there are no more of them.
  if (header(call.request, 'if-none-match') === etag) return { status: 304, headers }
  const ranges = record.ranges.map((range) => ({
    _rid: keyRangeRid(record.rid, Number(range.id)),
    id: range.id,
    _etag: etag,
    minInclusive: range.minInclusive,
    maxExclusive: range.maxExclusive,
    ridPrefix: Number(range.id),
    _self: `pkranges/${range.id}/`,
    throughputFraction: 1 / record.ranges.length,
    status: 'online',
    parents: [],
    _ts: record.ts,
    lsn: record.lsn,
  }))
  return answer(200, { _rid: record.rid, PartitionKeyRanges: ranges, _count: ranges.length }, headers)
}
