import { badRequest } from '../../errors.ts'
import { readQueryBody } from '../../sql/query-body.ts'
import { runQueryInTurns } from '../../sql/run-query.ts'
import { longestContinuationCharacters } from '../../sql/run/continuation.ts'
import { queryCharge } from '../../sql/run/query-charge.ts'
import type { OpenContainer } from '../../storage/account-store.ts'
import type { Call } from '../call.ts'
import { readConfines } from '../confines.ts'
import { header, isFlagged, jsonBody, pageSize } from '../exchange.ts'
import type { Request, Response } from '../exchange.ts'
import { indexMetricsHeader, wantsIndexMetrics } from '../index-metrics.ts'
import { toMetricsText } from '../query-metrics.ts'
import { inSessionLater } from '../session.ts'
import { checkServable } from './plan-query.ts'

/** How long a continuation may be, where a client limits it, as it has to send it back in a header. @throws ServiceError 400 */
function longestContinuation(request: Request): number | undefined {
  const limit = header(request, 'x-ms-documentdb-responsecontinuationtokenlimitinkb')
  if (limit === undefined) return undefined
  const kilobytes = Number(limit)
  if (!Number.isInteger(kilobytes) || kilobytes < 1)
    throw badRequest(`The limit of the continuation token, '${limit}', must be a whole number of KB above 0.`)
  return Math.min(kilobytes * 1024, longestContinuationCharacters)
}

/** POST `.../docs` with a query: one page of its results. */
export async function queryDocuments(call: Call): Promise<Response> {
  return inSessionLater(call, (container) => queryResponse(call, container))
}

async function queryResponse(
  { store, settings, request }: Call,
  container: OpenContainer,
): Promise<Response> {
  const body = readQueryBody(jsonBody(request))
  if (settings.gatewayStrict) checkServable(request, container, body)
  const page = await runQueryInTurns(store, container, {
    ...body,
    confines: readConfines(request, container.record),
    continuation: header(request, 'x-ms-continuation'),
    pageSize: pageSize(request),
    wantsAdvice: wantsIndexMetrics(request),
    longestContinuation: longestContinuation(request),
  })
  return {
    status: 200,
    headers: {
      'x-ms-request-charge': queryCharge(page).toFixed(2),
      'x-ms-item-count': String(page.rows.length),
      ...(page.continuation === undefined ? {} : { 'x-ms-continuation': page.continuation }),
      ...(isFlagged(request, 'x-ms-documentdb-populatequerymetrics')
        ? { 'x-ms-documentdb-query-metrics': toMetricsText(page) }
        : {}),
      ...(page.advice ? indexMetricsHeader(request, page.advice) : {}),
    },
    body: `{"_rid":${JSON.stringify(container.record.rid)},"Documents":[${page.rows.join(',')}],"_count":${page.rows.length}}`,
  }
}
