import type { EntityMail } from './entity-inbox.ts'
import { entityInstanceId, entityRequest, type LockRequest, type ReleaseMessage } from './entity-request.ts'
import { eventRaised, type OrchestrationInstance } from './history-event.ts'
import { sendToEntity } from './instances.ts'
import type { Effects } from './journal.ts'
import { endedStates, type Store } from './store.ts'

/** Locks an entity for an execution, and asks the next one of the set; the last tells the execution that it has them all. */
export function grantLock(
  store: Store,
  effects: Effects,
  { id, mail }: { id: string; mail: EntityMail<LockRequest> },
): void {
  store.dropMessages([mail])
  const { request } = mail
  const { parent = '', parentExecution = '' } = request
  const owner = store.instance(parent)
  // It ended while it waited: nobody would release the lock.
  if (owner?.execution_id !== parentExecution || endedStates.has(owner.status)) return
  store.lockEntity(id, parentExecution)
  const next = request.lockset[request.pos + 1]
  if (next === undefined)
    store.send(
      effects,
      { instanceId: parent, executionId: parentExecution },
      eventRaised(store.time.nowText(), request.id, null),
    )
  else
    sendToEntity(store, effects, entityInstanceId(next.name, next.key), { ...request, pos: request.pos + 1 })
}

/** Ends a lock, if it is still that of the execution. */
export function endLock(store: Store, { id, mail }: { id: string; mail: EntityMail<ReleaseMessage> }): void {
  store.dropMessages([mail])
  store.unlockEntity(id, mail.request.parentExecution ?? '')
}

/** Releases all that an execution has locked: it has ended. */
export function releaseAll(store: Store, effects: Effects, owner: OrchestrationInstance): void {
  const sentAt = store.time.nowText()
  for (const id of store.lockedEntities(owner.ExecutionId))
    sendToEntity(
      store,
      effects,
      id,
      entityRequest({ kind: 'release', requestId: '' }, { caller: owner, sentAt }),
    )
}
