import { createHash } from 'node:crypto'

import { err, IdempotencyDocument, mintId } from '@zoetrope/contracts'
import type { IdPrefix, TenantId } from '@zoetrope/contracts'
import { newDocument } from '@zoetrope/store'
import { z } from 'zod'

import type { Deps } from './wiring.ts'

/** How long an Idempotency-Key is remembered, seconds. */
const rememberedSeconds = 24 * 3600

const Key = z.string().regex(/^[\x21-\x7e]{1,255}$/, 'must be 1 to 255 visible ASCII characters')

/** A write that an `Idempotency-Key` may protect. */
export interface OnceRequest {
  readonly tenantId: TenantId
  /** Value of the header, if there is one. */
  readonly key: string | null
  /** Route and parsed request: what must be the same when the key comes again. */
  readonly request: unknown
  /** Prefix of the id that the work needs. */
  readonly prefix: IdPrefix
}

/** What a write answers. Kept for a repeat, so nothing secret is in it. */
export interface OnceAnswer {
  readonly status: number
  readonly body: unknown
}

/** The id for the work, and whether an earlier try with the same key may have done some of it. */
export interface OnceWork {
  readonly id: string
  readonly isRepeat: boolean
}

/**
 * Runs a write once per Idempotency-Key: the record with the minted id stands before the work begins, so that a repeat gives the
 * same answer, or, where the first try died, does the work again with the same id. Without a key it just runs.
 *
 * @throws IDEMPOTENCY_KEY_REUSED when the key came with another request
 */
export async function runOnce(
  deps: Pick<Deps, 'store' | 'clock'>,
  once: OnceRequest,
  work: (task: OnceWork) => Promise<OnceAnswer>,
): Promise<OnceAnswer> {
  const now = deps.clock()
  const minted = mintId(once.prefix, now.getTime())
  if (once.key === null) return work({ id: minted, isRepeat: false })
  const key = Key.safeParse(once.key)
  if (!key.success)
    throw err('REQUEST_INVALID', { detail: `Idempotency-Key ${key.error.issues[0]?.message}.` })
  const { tenantId } = once
  const record: IdempotencyDocument = {
    ...newDocument(now),
    id: `idem_${sha256(key.data)}`,
    kind: 'idempotency',
    tenantId,
    requestSha256: sha256(JSON.stringify(once.request)),
    ids: { id: minted },
    ttl: rememberedSeconds,
  }
  const isNew = (await deps.store.catalog.create([tenantId], record)) === 'created'
  const known = await deps.store.catalog.read(IdempotencyDocument, [tenantId], record.id)
  // It can have expired between the two.
  if (!known) throw err('STORE_UNAVAILABLE')
  if (known.requestSha256 !== record.requestSha256) throw err('IDEMPOTENCY_KEY_REUSED')
  if (known.response) return known.response
  const answer = await work({ id: known.ids['id'] ?? minted, isRepeat: !isNew })
  // Lost only to another try with the same key, whose answer is the same.
  await deps.store.catalog.replace([tenantId], { ...known, response: answer } as IdempotencyDocument)
  return answer
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
