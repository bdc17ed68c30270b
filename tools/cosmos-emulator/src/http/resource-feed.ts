import { jsonBody, answer } from './exchange.ts'
import type { Request, Response } from './exchange.ts'
import type { JsonObject } from '../json.ts'
import { queryValues } from '../sql/query-values.ts'
import { metadataCharge } from './resource-etags.ts'

/** All resources of a kind, such as the databases. `plural` is the name of the list in the answer. */
export function feed(plural: string, items: unknown[], rid = ''): Response {
  return answer(
    200,
    { _rid: rid, [plural]: items, _count: items.length },
    { ...metadataCharge, 'x-ms-item-count': String(items.length) },
  )
}

/** The answer to a query over the resources of a kind. @throws ServiceError 400 */
export function queryFeed(request: Request, plural: string, bodies: JsonObject[]): Response {
  return feed(plural, queryValues(jsonBody(request), bodies))
}
