import type { Page } from '@zoetrope/contracts'
import { err } from '@zoetrope/contracts'
import { z } from 'zod'

import type { Documents, Partition } from './documents.ts'

/** Which page of a list of documents of one kind. Order is by id, which sorts by time; newest first unless said otherwise. */
export interface PageQuery {
  readonly kind: string
  readonly limit: number
  readonly cursor?: string | undefined
  readonly oldestFirst?: boolean
  /** Field -> value that it must have; undefined values are ignored. */
  readonly where?: Readonly<Record<string, string | undefined>>
  /** Leave these states out. */
  readonly withoutStates?: readonly string[]
}

const Cursor = z.string().regex(/^[a-z]{3}_[0-9a-z]{26}$/)

/**
 * Reads one page by key (`WHERE c.id < @last ORDER BY c.id`): continuation tokens of sorted queries are not dependable in the SDK.
 * @throws CURSOR_INVALID
 */
export async function listPage<S extends z.ZodType<{ id: string }>>(
  documents: Documents,
  schema: S,
  partition: Partition,
  query: PageQuery,
): Promise<Page<z.output<S>>> {
  const cursor = query.cursor === undefined ? undefined : decodeCursor(query.cursor)
  // The partition key says it already; a tenant's list must not hang on that alone.
  const conditions = ['c.kind = @kind', 'c.tenantId = @tenantId']
  const parameters: Record<string, unknown> = {
    kind: query.kind,
    tenantId: partition[0],
    limit: query.limit + 1,
  }
  if (cursor !== undefined) {
    conditions.push(query.oldestFirst ? 'c.id > @last' : 'c.id < @last')
    parameters['last'] = cursor
  }
  for (const [field, value] of Object.entries(query.where ?? {})) {
    if (value === undefined) continue
    conditions.push(`c.${field} = @${field}`)
    parameters[field] = value
  }
  if (query.withoutStates?.length) {
    conditions.push('NOT ARRAY_CONTAINS(@withoutStates, c.state)')
    parameters['withoutStates'] = query.withoutStates
  }
  const text = `SELECT * FROM c WHERE ${conditions.join(' AND ')} ORDER BY c.id ${query.oldestFirst ? 'ASC' : 'DESC'} OFFSET 0 LIMIT @limit`
  const found = await documents.query(schema, partition, { text, parameters, limit: query.limit + 1 })
  const data = found.slice(0, query.limit)
  const last = data.at(-1)
  return found.length > query.limit && last
    ? { data, nextCursor: Buffer.from(last.id).toString('base64url') }
    : { data }
}

function decodeCursor(cursor: string): string {
  const id = Cursor.safeParse(Buffer.from(cursor, 'base64url').toString('latin1'))
  if (!id.success) throw err('CURSOR_INVALID')
  return id.data
}
