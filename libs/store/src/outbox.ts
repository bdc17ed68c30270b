import type { AssetId, EventDocument, JobId, TenantId } from '@zoetrope/contracts'
import { deriveId, mintId, tombstoneTtlSeconds } from '@zoetrope/contracts'

import type { BatchOperation } from './documents.ts'
import { newDocument } from './documents.ts'

/** What an event tells. `key` makes its id derived, so that a repeat of the change is the same event. */
export interface EventFacts {
  readonly tenantId: TenantId
  readonly type: string
  readonly assetId?: AssetId
  readonly jobId?: JobId
  readonly key?: readonly (string | number)[]
  readonly data?: Readonly<Record<string, unknown>>
}

/** The outbox entry of a change, to be written in the same batch as the change. It upserts, so a repeat is harmless. */
export function eventOperation(facts: EventFacts, now: Date): BatchOperation {
  const document: EventDocument = {
    ...newDocument(now),
    id: facts.key ? deriveId('evt', facts.type, ...facts.key) : mintId('evt', now.getTime()),
    kind: 'event',
    tenantId: facts.tenantId,
    type: facts.type,
    ...(facts.assetId ? { assetId: facts.assetId } : {}),
    ...(facts.jobId ? { jobId: facts.jobId } : {}),
    time: now.toISOString(),
    data: { ...facts.data },
    ttl: tombstoneTtlSeconds,
  }
  return { type: 'upsert', document }
}
