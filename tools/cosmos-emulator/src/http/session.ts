import { badRequest, readSessionNotAvailable } from '../errors.ts'
import { effectiveKey } from '../partition/effective-key.ts'
import type { KeyRange } from '../partition/key-ranges.ts'
import { parseKeyHeader } from '../partition/partition-key.ts'
import type { OpenContainer } from '../storage/account-store.ts'
import type { ContainerRecord } from '../storage/catalog.ts'
import { containerOf } from './call.ts'
import type { Call } from './call.ts'
import { checkConsistency } from './consistency.ts'
import { header } from './exchange.ts'
import type { Request, Response } from './exchange.ts'
import { namedRange } from './named-range.ts'
import { requestBudget } from './request-budget.ts'
import type { RequestBudget } from './request-budget.ts'

/** What answers from a container; operations of a bulk draw on the budget one by one. */
type Respond<T> = (container: OpenContainer, budget: RequestBudget | undefined) => T

// The sub-status by which a client reads a container's encryption policy again.
const intendedContainerMismatch = 1024

interface Session {
  container: OpenContainer
  asked: readonly KeyRange[]
  budget: RequestBudget | undefined
}

/**
 * Answers from the container that the path names, for a reader who may already have seen some of it.
 * @throws ServiceError 404/1002 when it has seen more than is stored, 410/1002 when it names a range that is not there, 429/3200 when
 * throughput is enforced and used up
 */
export function inSession(call: Call, respond: Respond<Response>): Response {
  const session = beginSession(call)
  return endSession(session, respond(session.container, session.budget))
}

/** The same, for what takes more than one turn. */
export async function inSessionLater(call: Call, respond: Respond<Promise<Response>>): Promise<Response> {
  const session = beginSession(call)
  return endSession(session, await respond(session.container, session.budget))
}

function beginSession(call: Call): Session {
  const container = containerOf(call)
  checkIntended(call.request, container.record)
  checkConsistency(call.request, call.settings.consistencyLevel)
  const asked = askedRanges(call.request, container.record)
  checkSession(call.request, container.record, asked)
  const budget = requestBudget(call.store, container, asked)
  budget?.admit()
  return { container, asked, budget }
}

/** Tells how much the answer has seen of the ranges that were asked for, and counts what it cost. */
function endSession(
  { container: { database, record }, asked, budget }: Session,
  response: Response,
): Response {
  budget?.settle(Number(response.headers['x-ms-request-charge']))
  response.headers['x-ms-session-token'] = asked.map(({ id }) => `${id}:-1#${record.lsn}`).join(',')
  response.headers['x-ms-alt-content-path'] =
    `dbs/${encodeURIComponent(database.id)}/colls/${encodeURIComponent(record.id)}`
  response.headers['x-ms-content-path'] = record.rid
  return response
}

/** A client that encrypts does so by the policy of one container, which may have been made anew under the same name. */
function checkIntended(request: Request, { rid }: ContainerRecord): void {
  const intended = header(request, 'x-ms-cosmos-intended-collection-rid')
  if (intended !== undefined && intended !== rid)
    throw badRequest(
      `The request is meant for the container ${intended}, but this one is ${rid}: read the container again.`,
      intendedContainerMismatch,
    )
}

/**
 * A reader that has seen more of a range than is stored here must not be answered with older data. Its token is a list of
 * `<range id>:<version>#<lsn>`, each perhaps with `#<region>=<lsn>` behind it; that of a range that was split speaks of its children too.
 */
function checkSession(
  request: Request,
  { lsn: currentLsn }: ContainerRecord,
  asked: readonly KeyRange[],
): void {
  const token = header(request, 'x-ms-session-token')
  if (token === undefined || token === '') return
  for (const part of token.split(',')) {
    const [, id, lsn] = /^(\d+):(?:-?\d+#)?(\d+)(?:#-?\d+=-?\d+)*$/.exec(part.trim()) ?? []
    if (id === undefined) throw badRequest(`The session token '${part}' is invalid.`)
    const isAsked = asked.some((range) => range.id === id || range.parents.includes(id))
    if (isAsked && Number(lsn) > currentLsn) throw readSessionNotAvailable()
  }
}

/** The range that a request names, those that may hold its partition key, or all. */
function askedRanges(request: Request, record: ContainerRecord): readonly KeyRange[] {
  const named = namedRange(request, record)
  if (named) return [named]
  if (record.ranges.length === 1) return record.ranges
  const key = parseKeyHeader(header(request, 'x-ms-documentdb-partitionkey'))
  const { partitionKey } = record.definition
  if (!key || key.parts.length === 0 || key.parts.length > partitionKey.paths.length) return record.ranges
  const epk = effectiveKey(key.parts, partitionKey)
  const isWhole = key.parts.length === partitionKey.paths.length
  // The keys with a prefix begin with its hash, so they lie before the prefix followed by the last of all hashes.
  return record.ranges.filter(({ minInclusive, maxExclusive }) =>
    isWhole ? epk >= minInclusive && epk < maxExclusive : epk < maxExclusive && `${epk}FF` > minInclusive,
  )
}
