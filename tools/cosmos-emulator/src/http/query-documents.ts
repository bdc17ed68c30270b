import { badRequest } from '../errors.ts'
import { parseKeyHeader, prefixBounds } from '../partition/partition-key.ts'
import { readQueryBody } from '../sql/query-body.ts'
import { runQuery } from '../sql/run-query.ts'
import type { OpenContainer } from '../storage/account-store.ts'
import type { Scan } from '../storage/scan.ts'
import type { Call } from './call.ts'
import { header, isFlagged, jsonBody, pageSize } from './exchange.ts'
import type { Request, Response } from './exchange.ts'
import { namedRange } from './named-range.ts'
import { checkServable } from './plan-query.ts'
import { inSession } from './session.ts'

const defaultPage = 100

/** The part of a container to which a request is confined: a key, a prefix of one, a physical range, or part of it. */
export function readConfines(
  request: Request,
  { record }: OpenContainer,
): Pick<Scan, 'pk' | 'pkBounds' | 'epkBounds'> {
  const confines: Pick<Scan, 'pk' | 'pkBounds' | 'epkBounds'> = {}
  const key = parseKeyHeader(header(request, 'x-ms-documentdb-partitionkey'))
  if (key && key.parts.length > 0) {
    const levels = record.definition.partitionKey.paths.length
    if (key.parts.length > levels)
      throw badRequest('The partition key has more components than the container.', 1001)
    if (key.parts.length === levels) confines.pk = key.text
    else confines.pkBounds = prefixBounds(key)
  }
  const range = namedRange(request, record)
  const [start, end] = [header(request, 'x-ms-start-epk'), header(request, 'x-ms-end-epk')]
  if (range || start !== undefined || end !== undefined) {
    // The greater of the starts and the lesser of the ends: where both are given, both hold.
    const from =
      start !== undefined && start > (range?.minInclusive ?? '') ? start : (range?.minInclusive ?? '')
    const to = end !== undefined && end < (range?.maxExclusive ?? 'FF') ? end : (range?.maxExclusive ?? 'FF')
    confines.epkBounds = [from, to]
  }
  return confines
}

/** POST `.../docs` with a query: one page of its results. */
export function queryDocuments(call: Call): Response {
  return inSession(call, (container) => queryResponse(call, container))
}

function queryResponse({ store, settings, request }: Call, container: OpenContainer): Response {
  const startedAt = performance.now()
  const body = readQueryBody(jsonBody(request))
  if (settings.gatewayStrict) checkServable(request, container, body)
  const page = runQuery(store, container, {
    ...body,
    confines: readConfines(request, container),
    continuation: header(request, 'x-ms-continuation'),
    pageSize: pageSize(request, defaultPage),
  })
  const charge = 2.3 + page.scannedBytes / 4096 + page.rows.length / 20
  const elapsedMs = performance.now() - startedAt
  return {
    status: 200,
    headers: {
      'x-ms-request-charge': charge.toFixed(2),
      'x-ms-item-count': String(page.rows.length),
      ...(page.continuation === undefined ? {} : { 'x-ms-continuation': page.continuation }),
      ...(isFlagged(request, 'x-ms-documentdb-populatequerymetrics')
        ? { 'x-ms-documentdb-query-metrics': metrics(page, elapsedMs) }
        : {}),
    },
    body: `{"_rid":${JSON.stringify(container.record.rid)},"Documents":[${page.rows.join(',')}],"_count":${page.rows.length}}`,
  }
}

function metrics(
  page: { rows: string[]; scannedCount: number; scannedBytes: number },
  elapsedMs: number,
): string {
  const values = {
    totalExecutionTimeInMs: elapsedMs.toFixed(2),
    queryCompileTimeInMs: '0.00',
    queryLogicalPlanBuildTimeInMs: '0.00',
    queryPhysicalPlanBuildTimeInMs: '0.00',
    queryOptimizationTimeInMs: '0.00',
    VMExecutionTimeInMs: elapsedMs.toFixed(2),
    indexLookupTimeInMs: '0.00',
    documentLoadTimeInMs: '0.00',
    systemFunctionExecuteTimeInMs: '0.00',
    userFunctionExecuteTimeInMs: '0.00',
    retrievedDocumentCount: page.scannedCount,
    retrievedDocumentSize: page.scannedBytes,
    outputDocumentCount: page.rows.length,
    outputDocumentSize: page.rows.reduce((sum, row) => sum + row.length, 0),
    writeOutputTimeInMs: '0.00',
    indexUtilizationRatio: '1.00',
  }
  return Object.entries(values)
    .map(([name, value]) => `${name}=${value}`)
    .join(';')
}
