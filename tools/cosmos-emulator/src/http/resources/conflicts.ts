import { notFound } from '../../errors.ts'
import { containerOf } from '../call.ts'
import type { Call } from '../call.ts'
import type { Response } from '../exchange.ts'
import { feed, queryFeed } from './resource-feed.ts'

/** GET `.../conflicts`: conflicts come of writes in several regions, and there is one region here. */
export function listConflicts(call: Call): Response {
  return feed('Conflicts', [], containerOf(call).record.rid)
}

/** POST `.../conflicts` with a query. */
export function queryConflicts(call: Call): Response {
  containerOf(call)
  return queryFeed(call, 'Conflicts', [])
}

/** GET and DELETE `.../conflicts/{conflict}`. @throws ServiceError 404 */
export function noConflict(call: Call): Response {
  containerOf(call)
  throw notFound()
}
