import { badRequest, notImplemented } from '../errors.ts'
import type { AccountStore, OpenContainer } from '../storage/account-store.ts'
import { header, pageSize } from './exchange.ts'
import type { Request, Response } from './exchange.ts'
import { readConfines } from './query-documents.ts'

const defaultPage = 100
const largestPageCharacters = 4 * 1024 * 1024

/** GET `.../docs` with `a-im`: the latest versions of documents changed since a point. */
export function readChangeFeed(store: AccountStore, request: Request, container: OpenContainer): Response {
  const mode = header(request, 'a-im')?.toLowerCase()
  if (mode !== 'incremental feed') throw notImplementedMode(mode)
  const { record, items } = container
  const confines = readConfines(request, container)
  const from = readStart(request, record.lsn)
  const changed = items.feed(
    { ...confines, ...from, limit: pageSize(request, defaultPage) },
    store.nowSeconds(),
  )
  const rows: string[] = []
  let size = 0
  let lastLsn = from.afterLsn
  for (const item of changed) {
    if (size > largestPageCharacters) break
    const text = `${item.body.slice(0, -1)},"_lsn":${item.lsn}}`
    rows.push(text)
    size += text.length
    lastLsn = item.lsn
  }
  // Nothing found means that nothing up to now is of interest: the next read starts behind all of it.
  if (rows.length === 0) return { status: 304, headers: feedHeaders(Math.max(record.lsn, from.afterLsn), 0) }
  return {
    status: 200,
    headers: feedHeaders(lastLsn, rows.length),
    body: `{"_rid":${JSON.stringify(record.rid)},"Documents":[${rows.join(',')}],"_count":${rows.length}}`,
  }
}

function notImplementedMode(mode: string | undefined): Error {
  if (mode === 'full-fidelity feed')
    return badRequest(
      'The emulator does not have the change feed mode AllVersionsAndDeletes (full-fidelity feed): read the latest versions.',
    )
  return notImplemented(`a change feed of the kind '${mode}'`)
}

function readStart(request: Request, currentLsn: number): { afterLsn: number; sinceTs?: number } {
  const etag = header(request, 'if-none-match')
  if (etag === '*') return { afterLsn: currentLsn }
  if (etag !== undefined && etag !== '') {
    const lsn = Number(etag.replaceAll('"', ''))
    if (!Number.isSafeInteger(lsn) || lsn < 0)
      throw badRequest(`The change feed continuation ${etag} is invalid.`)
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
