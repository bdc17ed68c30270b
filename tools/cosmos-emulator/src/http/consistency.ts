import { badRequest } from '../errors.ts'
import { header } from './exchange.ts'
import type { Request } from './exchange.ts'

/** The consistency levels, the strongest first. */
export const consistencyLevels = [
  'Strong',
  'BoundedStaleness',
  'Session',
  'ConsistentPrefix',
  'Eventual',
] as const

/** How much a reader may count on. */
export type ConsistencyLevel = (typeof consistencyLevels)[number]

/**
 * Refuses a level that there is none of, and one that is stronger than the account's, where it was given one. Every answer is strongly
 * consistent all the same.
 * @throws ServiceError 400
 */
export function checkConsistency(request: Request, accountLevel: ConsistencyLevel | undefined): void {
  const wanted = header(request, 'x-ms-consistency-level')
  if (wanted === undefined || wanted === '') return
  const strength = consistencyLevels.findIndex((level) => level.toLowerCase() === wanted.toLowerCase())
  if (strength === -1) throw badRequest(`The consistency level '${wanted}' is invalid.`)
  if (accountLevel !== undefined && strength < consistencyLevels.indexOf(accountLevel))
    throw badRequest(
      `ConsistencyLevel ${wanted} specified in the request is invalid when service is configured with consistency level ${accountLevel}. Ensure the request consistency level is not stronger than the service consistency level.`,
    )
}
