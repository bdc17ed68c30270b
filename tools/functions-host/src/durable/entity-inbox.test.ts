import { describe, expect, it } from '@jest/globals'
import { type EntityMail, nextEntityWork } from './entity-inbox.ts'
import { type EntityMessage, entityRequest } from './entity-request.ts'

let seq = 0
const mail = (message: EntityMessage, execution?: string): EntityMail => {
  const caller =
    execution === undefined ? undefined : { InstanceId: `of ${execution}`, ExecutionId: execution }
  return {
    instance_id: '@counter@a',
    is_late: 1,
    seq: seq++,
    request: entityRequest(message, { sentAt: '2026-01-01T00:00:00.000Z', ...(caller && { caller }) }),
  }
}
const call = (execution?: string): EntityMail =>
  mail({ kind: 'call', operation: 'add', input: '1' }, execution)
const lock = (execution: string): EntityMail =>
  mail({ kind: 'lock', requestId: 'r', lockSet: ['@counter@a'] }, execution)
const release = (execution: string): EntityMail => mail({ kind: 'release', requestId: 'r' }, execution)

describe('nextEntityWork', () => {
  const [one, two, three] = [call(), call('e'), call()]
  const [taken, given] = [lock('e'), release('e')]

  it.each([
    ['nothing', [], null, { kind: 'nothing' }],
    ['a batch', [one, two], null, { kind: 'operations', mail: [one, two] }],
    [
      'no batch over its limit',
      [one, two, three, one],
      null,
      { kind: 'operations', mail: [one, two, three] },
    ],
    ['what came before a lock', [one, taken, two], null, { kind: 'operations', mail: [one] }],
    ['a lock', [taken, two], null, { kind: 'lock', mail: taken }],
    ['what the owner of the lock sends', [one, two, three, given], 'e', { kind: 'operations', mail: [two] }],
    ['the end of a lock', [one, given], 'e', { kind: 'release', mail: given }],
    [
      'nothing of others while it is locked',
      [one, lock('other'), release('other')],
      'e',
      { kind: 'nothing' },
    ],
  ])('chooses %s', (_what, inbox, lockedBy, work) => {
    expect(nextEntityWork(inbox, { lockedBy, maxBatch: 3 })).toEqual(work)
  })
})
