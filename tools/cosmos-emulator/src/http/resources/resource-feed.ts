import { badRequest } from '../../errors.ts'
import type { JsonObject } from '../../json.ts'
import { queryValues } from '../../sql/query-values.ts'
import type { Call } from '../call.ts'
import { answer, header, jsonBody, pageSize } from '../exchange.ts'
import type { Request, Response } from '../exchange.ts'
import { metadataCharge } from './resource-etags.ts'

/** A resource of a list. Lists are in the order of `number`, which is given once: a page goes on behind the last one, whatever is deleted meanwhile. */
export interface FeedEntry {
  number: number
  body: JsonObject
}

/** A page of all resources of a kind, such as the databases. `plural` is the name of the list in the answer. @throws ServiceError 400 */
export function listFeed(
  request: Request,
  plural: string,
  entries: readonly FeedEntry[],
  rid = '',
): Response {
  const after = readPosition(request)
  const rest = entries.filter(({ number }) => number > after)
  const page = rest.slice(0, pageSize(request))
  const next = page.length < rest.length ? page.at(-1)?.number : undefined
  return feed(
    plural,
    page.map(({ body }) => body),
    rid,
    next,
  )
}

/** All resources of a kind in one answer. */
export function feed(plural: string, items: unknown[], rid = '', next?: number): Response {
  return answer(
    200,
    { _rid: rid, [plural]: items, _count: items.length },
    {
      ...metadataCharge,
      'x-ms-item-count': String(items.length),
      ...(next === undefined ? {} : { 'x-ms-continuation': String(next) }),
    },
  )
}

/** A page of the answer to a query over the resources of a kind. @throws ServiceError 400 */
export function queryFeed({ store, request }: Call, plural: string, bodies: JsonObject[]): Response {
  const results = queryValues(jsonBody(request), bodies, Math.floor(store.clock()))
  const from = readPosition(request)
  const page = results.slice(from, from + pageSize(request))
  const next = from + page.length < results.length ? from + page.length : undefined
  return feed(plural, page, '', next)
}

function readPosition(request: Request): number {
  const continuation = header(request, 'x-ms-continuation') ?? ''
  if (!/^\d{0,15}$/.test(continuation)) throw badRequest(`The continuation '${continuation}' is invalid.`)
  return Number(continuation)
}
