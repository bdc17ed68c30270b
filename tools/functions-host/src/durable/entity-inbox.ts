import type { EntityRequest, LockRequest, OperationRequest, ReleaseMessage } from './entity-request.ts'
import type { InboxRow } from './store.ts'

/** A message of an entity, as it stands in the inbox. */
export interface EntityMail<R extends EntityRequest = EntityRequest> extends Pick<
  InboxRow,
  'instance_id' | 'is_late' | 'seq'
> {
  readonly request: R
}

/** What an entity is to do next. */
export type EntityWork =
  | { kind: 'operations'; mail: EntityMail<OperationRequest>[] }
  | { kind: 'lock'; mail: EntityMail<LockRequest> }
  | { kind: 'release'; mail: EntityMail<ReleaseMessage> }
  | { kind: 'nothing' }

/**
 * Chooses what an entity does next, in the order of its inbox: operations in batches of at most `maxBatch`, up to the next lock.
 * While an execution holds its lock, only what that execution sends is looked at.
 */
export function nextEntityWork(
  inbox: readonly EntityMail[],
  { lockedBy, maxBatch }: { lockedBy: string | null; maxBatch: number },
): EntityWork {
  const open = lockedBy === null ? inbox : inbox.filter(({ request }) => request.parentExecution === lockedBy)
  const [first] = open
  if (first === undefined) return { kind: 'nothing' }
  if (isOperation(first)) {
    const end = open.findIndex((mail) => !isOperation(mail))
    const batch = open.slice(0, Math.min(maxBatch, end < 0 ? open.length : end))
    return { kind: 'operations', mail: batch.filter(isOperation) }
  }
  return isLock(first) ? { kind: 'lock', mail: first } : { kind: 'release', mail: first }
}

function isOperation(mail: EntityMail): mail is EntityMail<OperationRequest> {
  return 'op' in mail.request
}

function isLock(mail: EntityMail): mail is EntityMail<LockRequest> {
  return 'lockset' in mail.request
}
