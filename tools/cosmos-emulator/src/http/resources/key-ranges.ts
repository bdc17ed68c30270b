import { badRequest } from '../../errors.ts'
import { isJsonObject } from '../../json.ts'
import { nextRangeId } from '../../partition/key-ranges.ts'
import type { KeyRange } from '../../partition/key-ranges.ts'
import { parseKeyHeader } from '../../partition/partition-key.ts'
import type { SplitPoint } from '../../partition/split-point.ts'
import type { ContainerRecord } from '../../storage/catalog.ts'
import { keyRangeRid } from '../../storage/resource-ids.ts'
import { containerOf } from '../call.ts'
import type { Call } from '../call.ts'
import { answer, header, jsonBody } from '../exchange.ts'
import type { Request, Response } from '../exchange.ts'
import { metadataCharge } from './resource-etags.ts'

/**
 * GET `/dbs/{database}/colls/{container}/pkranges`: the physical partitions. With the etag of an earlier answer in `if-none-match`,
 * those that were made since; 304 where there are none.
 */
export function readKeyRanges(call: Call): Response {
  const { record } = containerOf(call)
  const known = knownCount(header(call.request, 'if-none-match'), record)
  const ranges = record.ranges.filter(({ id }) => Number(id) >= known)
  if (ranges.length === 0) return { status: 304, headers: feedHeaders(record, 0) }
  return rangesAnswer(record, ranges)
}

/**
 * POST `/dbs/{database}/colls/{container}/operations/splitpartition`, the emulator's own: splits a physical partition, as the service
 * does when one is full. The body may say which (`rangeId`) and the partition key where the right half begins (`at`, an array).
 */
export function splitPartition(call: Call): Response {
  const container = containerOf(call)
  call.store.splitPartition(container.record, readSplitPoint(call.request))
  return rangesAnswer(container.record, container.record.ranges)
}

function readSplitPoint(request: Request): SplitPoint {
  if (request.body.length === 0) return {}
  const body = jsonBody(request)
  if (!isJsonObject(body)) throw badRequest('The request body must be a JSON object.')
  const { rangeId, at } = body
  if (rangeId !== undefined && typeof rangeId !== 'string')
    throw badRequest('The rangeId must be a string, such as "0".')
  const key = at === undefined ? undefined : parseKeyHeader(JSON.stringify(at))
  return { ...(rangeId === undefined ? {} : { rangeId }), ...(key ? { at: key.parts } : {}) }
}

function rangesAnswer(record: ContainerRecord, ranges: readonly KeyRange[]): Response {
  const headers = feedHeaders(record, ranges.length)
  const bodies = ranges.map((range) => ({
    _rid: keyRangeRid(record.rid, Number(range.id)),
    id: range.id,
    _etag: headers.etag,
    minInclusive: range.minInclusive,
    maxExclusive: range.maxExclusive,
    ridPrefix: Number(range.id),
    _self: `pkranges/${range.id}/`,
    throughputFraction: 1 / record.ranges.length,
    status: 'online',
    parents: range.parents,
    _ts: record.ts,
    lsn: record.lsn,
  }))
  return answer(200, { _rid: record.rid, PartitionKeyRanges: bodies, _count: bodies.length }, headers)
}

function feedHeaders(record: ContainerRecord, count: number): Record<string, string> & { etag: string } {
  // Ids are given in order and never again, so the next of them says which ranges a client knows.
  const etag = `"${record.rid}-${nextRangeId(record.ranges)}"`
  return { ...metadataCharge, etag, 'x-ms-item-count': String(count) }
}

/** How many ranges, gone ones included, were there when a client got this etag; 0 for an etag that is of no use here. */
function knownCount(etag: string | undefined, { rid }: ContainerRecord): number {
  const [text, count] = /-(\d{1,9})"?$/.exec(etag ?? '') ?? []
  return text !== undefined && etag?.replace(/^"/, '').slice(0, -text.length) === rid ? Number(count) : 0
}
