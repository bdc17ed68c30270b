import { badRequest, notImplemented } from '../../errors.ts'
import type { OpenContainer } from '../../storage/account-store.ts'
import type { StoredItem } from '../../storage/stored-item.ts'
import type { VersionRow } from '../../storage/version-table.ts'
import type { Call } from '../call.ts'
import { readConfines } from '../confines.ts'
import { header, pageSize } from '../exchange.ts'
import type { Request, Response } from '../exchange.ts'
import { inSession } from '../session.ts'

const largestPageCharacters = 4 * 1024 * 1024

/** GET `.../docs` with `a-im`: what has changed since a point, as the latest versions of documents, or as all versions and deletes. */
export function readChangeFeed(call: Call): Response {
  return inSession(call, (container) => feedResponse(call, container))
}

function feedResponse({ store, request }: Call, container: OpenContainer): Response {
  const mode = header(request, 'a-im')?.toLowerCase()
  const from = readStart(request, container.record.lsn)
  const query = { ...readConfines(request, container.record), ...from, limit: pageSize(request) }
  if (mode === 'incremental feed') {
    const latest = container.items.feed(query, store.nowSeconds())
    return feedPage(container, query, withLsn(latest))
  }
  if (mode !== 'full-fidelity feed') throw notImplemented(`a change feed of the kind '${mode}'`)
  if (!container.items.versions.isKept)
    throw badRequest(
      'The change feed of all versions and deletes (full-fidelity feed) needs a changeFeedPolicy with a retentionDuration on the container.',
    )
  const versions = startsWithinRetention(request)
    ? container.items.versions.read(query, store.nowSeconds())
    : undefined
  if (!versions) throw badRequest('You must read the change feed from within the retention period.')
  return feedPage(container, query, versions)
}

function* withLsn(changed: Iterable<StoredItem>): Iterable<VersionRow> {
  for (const { lsn, body } of changed) yield { lsn, row: `${body.slice(0, -1)},"_lsn":${lsn}}` }
}

/** All versions and deletes are read from now or from a continuation, never from the beginning or a time. */
function startsWithinRetention(request: Request): boolean {
  return (header(request, 'if-none-match') ?? '') !== ''
}

function feedPage(
  { record }: OpenContainer,
  from: { afterLsn: number },
  changed: Iterable<VersionRow>,
): Response {
  const rows: string[] = []
  let size = 0
  let lastLsn = from.afterLsn
  for (const item of changed) {
    if (size > largestPageCharacters) break
    rows.push(item.row)
    size += item.row.length
    lastLsn = item.lsn
  }
  // Nothing found means that nothing up to now is of interest: the next read starts behind all of it.
  if (rows.length === 0) return { status: 304, headers: feedHeaders(record.lsn, 0) }
  return {
    status: 200,
    headers: feedHeaders(lastLsn, rows.length),
    body: `{"_rid":${JSON.stringify(record.rid)},"Documents":[${rows.join(',')}],"_count":${rows.length}}`,
  }
}

function readStart(request: Request, currentLsn: number): { afterLsn: number; sinceTs?: number } {
  const etag = header(request, 'if-none-match')
  if (etag === '*') return { afterLsn: currentLsn }
  if (etag !== undefined && etag !== '') {
    const lsn = Number(etag.replaceAll('"', ''))
    if (!Number.isSafeInteger(lsn) || lsn < 0)
      throw badRequest(`The change feed continuation ${etag} is invalid.`)
    // Whoever went on from there would wait in silence until as much has happened again.
    if (lsn > currentLsn)
      throw badRequest(
        `The change feed continuation ${etag} is ahead of the container, whose last change is ${currentLsn}: it is of another container, or from before older data was restored. Start anew.`,
      )
    return { afterLsn: lsn }
  }
  const since = header(request, 'if-modified-since')
  if (since === undefined) return { afterLsn: 0 }
  const sinceMs = Date.parse(since)
  if (Number.isNaN(sinceMs)) throw badRequest(`The start time '${since}' is invalid.`)
  return { afterLsn: 0, sinceTs: Math.floor(sinceMs / 1000) }
}

function feedHeaders(lsn: number, count: number): Record<string, string> {
  return {
    etag: `"${lsn}"`,
    'x-ms-item-count': String(count),
    'x-ms-request-charge': (2 + count / 10).toFixed(2),
  }
}
