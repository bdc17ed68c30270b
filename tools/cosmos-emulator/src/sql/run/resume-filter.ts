import { badRequest, notImplemented } from '../../errors.ts'
import { isJsonObject } from '../../json.ts'
import { documentNumber } from '../../storage/resource-ids.ts'

/** Behind which row an ordered query goes on, as told by a client that merges the answers of several partitions. */
export interface ResumeFilter {
  /** What that row was sorted by, one for each property of ORDER BY. */
  keys: unknown[]
  /** The `_rid` of the document to go on with, where it is one of this partition. */
  rid: string | undefined
  /** Whether all rows with these keys have been given. */
  isPast: boolean
}

/** Reads the `resumeFilter` beside a query. @throws ServiceError 400, or 501 for keys that are told by their hashes */
export function readResumeFilter(value: unknown): ResumeFilter | undefined {
  if (value === undefined) return undefined
  if (!isJsonObject(value) || !Array.isArray(value.value) || value.value.length === 0)
    throw badRequest('The resumeFilter of a query must hold the values that its last row was sorted by.')
  const { rid, exclude, value: keys } = value
  if (rid !== undefined && typeof rid !== 'string')
    throw badRequest('The rid of a resumeFilter must be a string.')
  return { keys: (keys as unknown[]).map(toKey), rid, isPast: exclude === true }
}

/** An empty array stands for a value that is not there. */
function toKey(value: unknown): unknown {
  if (Array.isArray(value) && value.length === 0) return undefined
  if (typeof value === 'object' && value !== null)
    throw notImplemented('to resume an ordered query behind an array or an object')
  return value
}

/**
 * The keys and the number of the last document that has been passed. Documents with equal keys come by their numbers,
 * in the direction of the first property.
 * @throws ServiceError 400 for a document of another container, or for keys that do not fit the ORDER BY
 */
export function passedBy(
  { keys, rid, isPast }: ResumeFilter,
  orderBy: readonly { isDescending: boolean }[],
  containerRid: string,
): { keys: unknown[]; rid: number } {
  if (keys.length !== orderBy.length)
    throw badRequest(
      `The resumeFilter has ${keys.length} values for the ${orderBy.length} properties of ORDER BY.`,
    )
  const isDescending = orderBy[0]?.isDescending === true
  const isBehindAll = isPast !== isDescending
  if (rid === undefined) return { keys, rid: isBehindAll ? Number.MAX_SAFE_INTEGER : 0 }
  const number = documentNumber(containerRid, rid)
  if (number === undefined)
    throw badRequest(`The resumeFilter names the document '${rid}', which is not of this container.`)
  if (isPast) return { keys, rid: number }
  return { keys, rid: isDescending ? number + 1 : number - 1 }
}
