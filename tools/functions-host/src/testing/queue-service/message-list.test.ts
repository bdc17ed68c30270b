import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'

import { MessageList } from './message-list.ts'

/** What somebody does to a queue; `pick` chooses among the messages that were ever put. */
type Step =
  | { readonly kind: 'put'; readonly hiddenMs: number; readonly liveMs: number }
  | { readonly kind: 'receive'; readonly most: number; readonly hiddenMs: number }
  | { readonly kind: 'update'; readonly pick: number; readonly hiddenMs: number }
  | { readonly kind: 'delete'; readonly pick: number }
  | { readonly kind: 'wait'; readonly ms: number }

const ms = fc.integer({ min: 0, max: 50 })
const pick = fc.nat(30)
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    fc.record({
      kind: fc.constant('put' as const),
      hiddenMs: ms,
      liveMs: fc.oneof(fc.integer({ min: 60, max: 200 }), fc.constant(Number.POSITIVE_INFINITY)),
    }),
    fc.record({ kind: fc.constant('receive' as const), most: fc.integer({ min: 1, max: 5 }), hiddenMs: ms }),
    fc.record({ kind: fc.constant('update' as const), pick, hiddenMs: ms }),
    fc.record({ kind: fc.constant('delete' as const), pick }),
    fc.record({ kind: fc.constant('wait' as const), ms }),
  ),
  { maxLength: 60 },
)

/** What a message must be, as one would write it down beside the queue. */
interface Expected {
  popReceipt: string
  visibleMs: number
  dequeueCount: number
  readonly expiresMs: number
  readonly order: number
}

describe('the messages of a queue', () => {
  it('are never lost, never given to two at once, and given out in order', () => {
    fc.assert(
      fc.property(steps, (list) => {
        const messages = new MessageList()
        const expected = new Map<string, Expected>()
        const ids: string[] = []
        let nowMs = 1000
        for (const step of list) {
          for (const [id, { expiresMs }] of expected) if (expiresMs <= nowMs) expected.delete(id)
          const id = 'pick' in step ? (ids[step.pick] ?? 'unknown') : ''
          const known = expected.get(id)
          switch (step.kind) {
            case 'put': {
              const times = { nextVisibleMs: nowMs + step.hiddenMs, expiresMs: nowMs + step.liveMs }
              const { messageId, popReceipt } = messages.put('text', times, nowMs)
              expected.set(messageId, {
                popReceipt,
                visibleMs: times.nextVisibleMs,
                dequeueCount: 0,
                expiresMs: times.expiresMs,
                order: ids.length,
              })
              ids.push(messageId)
              break
            }
            case 'receive': {
              const due = [...expected]
                .filter(([, message]) => message.visibleMs <= nowMs)
                .toSorted(
                  ([, left], [, right]) => left.visibleMs - right.visibleMs || left.order - right.order,
                )
                .slice(0, step.most)
              const received = messages.receive(step.most, nowMs + step.hiddenMs, nowMs)
              expect(received.map(({ messageId }) => messageId)).toEqual(due.map(([messageId]) => messageId))
              for (const { messageId, popReceipt, dequeueCount } of received) {
                const message = expected.get(messageId)!
                expect(dequeueCount).toBe(message.dequeueCount + 1)
                Object.assign(message, { popReceipt, dequeueCount, visibleMs: nowMs + step.hiddenMs })
              }
              break
            }
            case 'update': {
              const nextVisibleMs = nowMs + step.hiddenMs
              if (!known) {
                expect(() => messages.update(id, 'any', { nextVisibleMs }, nowMs)).toThrow('does not exist')
                break
              }
              expect(() => messages.update(id, 'old', { nextVisibleMs }, nowMs)).toThrow('did not match')
              const { popReceipt } = messages.update(id, known.popReceipt, { nextVisibleMs }, nowMs)
              Object.assign(known, { popReceipt, visibleMs: nextVisibleMs })
              break
            }
            case 'delete':
              if (!known) break
              messages.delete(id, known.popReceipt, nowMs)
              expected.delete(id)
              break
            case 'wait':
              nowMs += step.ms
          }
        }
        const alive = [...expected].filter(([, { expiresMs }]) => expiresMs > nowMs)
        expect(
          messages
            .all(nowMs)
            .map(({ messageId }) => messageId)
            .toSorted(),
        ).toEqual(alive.map(([messageId]) => messageId).toSorted())
        const visible = alive.filter(([, { visibleMs }]) => visibleMs <= nowMs)
        expect(messages.visibleCount(nowMs)).toBe(visible.length)
        const hidden = alive.map(([, { visibleMs }]) => visibleMs).filter((visibleMs) => visibleMs > nowMs)
        expect(messages.nextVisibleMs(nowMs)).toBe(hidden.length > 0 ? Math.min(...hidden) : undefined)
      }),
      { numRuns: 300 },
    )
  })
})
