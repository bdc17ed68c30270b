import { readSessionNotAvailable } from '../errors.ts'
import type { OpenContainer } from '../storage/account-store.ts'
import { containerOf } from './call.ts'
import type { Call } from './call.ts'
import { header } from './exchange.ts'
import type { Request, Response } from './exchange.ts'

/** Answers from the container that the path names, for a reader who may already have seen some of it. @throws ServiceError 404/1002 */
export function inSession(call: Call, respond: (container: OpenContainer) => Response): Response {
  const container = containerOf(call)
  checkSession(call.request, container)
  return withSession(container, respond(container))
}

/** A reader that has seen more than is stored here must not be answered with older data. */
function checkSession(request: Request, { record }: OpenContainer): void {
  const token = header(request, 'x-ms-session-token')
  if (token === undefined) return
  for (const part of token.split(',')) {
    const [, version = ''] = part.split(':')
    const lsn = Number(version.split('#')[1])
    if (Number.isFinite(lsn) && lsn > record.lsn) throw readSessionNotAvailable()
  }
}

/** Tells how much of the container the answer has seen. */
export function withSession({ database, record }: OpenContainer, response: Response): Response {
  response.headers['x-ms-session-token'] = record.ranges.map(({ id }) => `${id}:-1#${record.lsn}`).join(',')
  response.headers['x-ms-alt-content-path'] =
    `dbs/${encodeURIComponent(database.id)}/colls/${encodeURIComponent(record.id)}`
  response.headers['x-ms-content-path'] = record.rid
  return response
}
