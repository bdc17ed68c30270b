import { ServiceError, badRequest } from '../../errors.ts'
import { compileMainQuery } from '../../sql/compile/compile-query.ts'
import { distanceFunctionsOf } from '../../sql/compile/vector-distance.ts'
import { readQueryBody } from '../../sql/query-body.ts'
import type { QueryBody } from '../../sql/query-body.ts'
import { featuresOf, needsMerge, planOf } from '../../sql/query-plan/query-plan.ts'
import type { QueryPlan } from '../../sql/query-plan/query-plan.ts'
import { isSingleKey } from '../../sql/query-plan/query-ranges.ts'
import { rankedRows, rankingOf } from '../../sql/query-plan/rank.ts'
import { parseOnce } from '../../sql/run-query.ts'
import { containerContext } from '../../sql/run/container-context.ts'
import { RunClock } from '../../sql/run/run-clock.ts'
import type { OpenContainer } from '../../storage/account-store.ts'
import { containerOf } from '../call.ts'
import type { Call } from '../call.ts'
import { answer, header, isFlagged, jsonBody } from '../exchange.ts'
import type { Request, Response } from '../exchange.ts'

const notDirectly =
  'The provided cross partition query can not be directly served by the gateway. This is a first chance (internal) ' +
  'exception that all newer clients will know how to handle gracefully. This exception is traced, but unless you see ' +
  'it bubble up as an exception (which only happens on older SDK clients), then you can safely ignore this message.'

const crossPartitionDisabled =
  'Cross partition query is required but disabled. Please set x-ms-documentdb-query-enablecrosspartition to true, ' +
  'specify x-ms-documentdb-partitionkey, or revise your query to avoid this exception.'

// A request that names one of these asks a part of the container that it has chosen itself.
const confiningHeaders = [
  'x-ms-documentdb-partitionkey',
  'x-ms-documentdb-partitionkeyrangeid',
  'x-ms-start-epk',
]

/** POST `.../docs` that asks how a client should run a query over several partitions. @throws ServiceError 400 */
export function planQuery(call: Call): Response {
  const container = containerOf(call)
  const body = readQueryBody(jsonBody(call.request))
  checkQuery(call, container, body)
  const plan = makePlan(container, body)
  checkFeatures(call.request, plan)
  return answer(200, plan, { 'x-ms-request-charge': '0' })
}

/**
 * Refuses a query that the service's gateway does not answer: one over several partitions whose rows have to be sorted,
 * cut, counted or told apart. The error holds the plan by which the client does that.
 *
 * @throws ServiceError 400/1004
 */
export function checkServable(request: Request, container: OpenContainer, body: QueryBody): void {
  if (confiningHeaders.some((name) => header(request, name) !== undefined)) return
  const plan = makePlan(container, body)
  if (isSingleKey(plan.queryRanges)) return
  if (!isFlagged(request, 'x-ms-documentdb-query-enablecrosspartition'))
    throw badRequest(crossPartitionDisabled)
  if (needsMerge(plan))
    throw new ServiceError(400, 'BadRequest', notDirectly, {
      substatus: 1004,
      additionalErrorInfo: JSON.stringify(plan),
    })
}

function makePlan({ record }: OpenContainer, { text, parameters }: QueryBody): QueryPlan {
  const { partitionKey, vectorEmbeddingPolicy } = record.definition
  return planOf(parseOnce(text), parameters, partitionKey, distanceFunctionsOf(vectorEmbeddingPolicy))
}

/** A plan is made of queries that can run: names, functions and their arguments are checked as for running it. */
function checkQuery({ store }: Call, container: OpenContainer, { text, parameters }: QueryBody): void {
  const query = parseOnce(text)
  const ranking = rankingOf(query, parameters)
  compileMainQuery(ranking ? rankedRows(query, ranking) : query, {
    parameters,
    ...containerContext(store, container),
    nextSlot: 1,
    rootSlot: 0,
    checkTime: new RunClock(store.settings).check,
  })
}

/** A client that tells what it can do is given no plan that asks for more. */
function checkFeatures(request: Request, plan: QueryPlan): void {
  const told = header(request, 'x-ms-cosmos-supported-query-features')
  if (told === undefined) return
  const known = new Set(told.split(',').map((name) => name.trim()))
  const missing = featuresOf(plan).filter((name) => !known.has(name))
  if (missing.length > 0)
    throw badRequest(
      'Query contains 1 or more unsupported features. Upgrade your SDK to a version that does support the requested features:\n' +
        missing
          .map((name) => `Query contained ${name}, which the calling client does not support.`)
          .join('\n'),
    )
}
