import { badRequest, rangeGone } from '../errors.ts'
import type { KeyRange } from '../partition/key-ranges.ts'
import type { ContainerRecord } from '../storage/catalog.ts'
import { header } from './exchange.ts'
import type { Request } from './exchange.ts'

/**
 * The physical partition that a request names, as `<id>` or `<container rid>,<id>`; undefined when it names none.
 * @throws ServiceError 410 when it is not there, so that the client asks for the ranges anew; 400 when it is no name of one
 */
export function namedRange(request: Request, { ranges }: ContainerRecord): KeyRange | undefined {
  const name = header(request, 'x-ms-documentdb-partitionkeyrangeid')
  if (name === undefined) return undefined
  const id = name.slice(name.indexOf(',') + 1).trim()
  if (!/^\d{1,9}$/.test(id)) throw badRequest(`The partition key range id '${name}' is invalid.`)
  const range = ranges.find((candidate) => candidate.id === id)
  if (!range) throw rangeGone(id)
  return range
}
