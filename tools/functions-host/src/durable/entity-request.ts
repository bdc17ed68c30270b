import { randomUUID } from 'node:crypto'
import type { OrchestrationInstance } from './history-event.ts'

/** What is sent to an entity; `lockSet`: ids of entities, sorted. */
export type EntityMessage =
  | { kind: 'call' | 'signal'; operation: string; input: string | null }
  | { kind: 'lock'; requestId: string; lockSet: readonly string[] }
  | { kind: 'release'; requestId: string }

interface Envelope {
  $type: string
  /** The name of the event that answers. */
  id: string
  /** The instance that sent it, and which of its executions. */
  parent?: string
  parentExecution?: string
}

/** An operation on its way to an entity; the order of fields is the recorded one. */
export interface OperationRequest extends Envelope {
  op: string
  signal?: true
  /** JSON text. */
  input?: string
  Timestamp: string
  Predecessor: string
}

/** A wish to lock entities, on its way from one to the next; those before `pos` are locked already. */
export interface LockRequest extends Envelope {
  lockset: { name: string; key: string }[]
  pos: number
  Timestamp: string
  Predecessor: string
}

/** The end of a lock. */
export type ReleaseMessage = Envelope

/** Anything in the inbox of an entity. */
export type EntityRequest = OperationRequest | LockRequest | ReleaseMessage

const extension = 'Microsoft.Azure.WebJobs.Extensions.DurableTask'
const requestType = `${extension}.RequestMessage, ${extension}`
const releaseType = `${extension}.ReleaseMessage, ${extension}`

/** The id under which an entity's messages are kept. */
export function entityInstanceId(name: string, key: string): string {
  return `@${name.toLowerCase()}@${key}`
}

/** Name and key of an entity's id. */
export function parseEntityId(id: string): { name: string; key: string } {
  const at = id.indexOf('@', 1)
  return { name: id.slice(1, at), key: id.slice(at + 1) }
}

/** Makes what is sent; without a `caller` it comes from a client, or from another entity. `sentAt`: ISO 8601. */
export function entityRequest(
  message: EntityMessage,
  from: { caller?: OrchestrationInstance; predecessor?: string; sentAt: string },
): EntityRequest {
  const caller = from.caller && {
    parent: from.caller.InstanceId,
    parentExecution: from.caller.ExecutionId,
  }
  const order = {
    Timestamp: from.sentAt,
    Predecessor: from.predecessor ?? '0001-01-01T00:00:00',
  }
  switch (message.kind) {
    case 'lock': {
      const lockset = message.lockSet.map(parseEntityId)
      return { $type: requestType, id: message.requestId, ...caller, lockset, pos: 0, ...order }
    }
    case 'release':
      return { $type: releaseType, id: message.requestId, ...caller }
    case 'call':
    case 'signal':
      return {
        $type: requestType,
        op: message.operation,
        ...(message.kind === 'signal' && { signal: true as const }),
        ...(message.input !== null && { input: message.input }),
        id: randomUUID(),
        ...caller,
        ...order,
      }
  }
}
