import { describe, expect, it } from '@jest/globals'

import { chooseLeases } from './choose-leases.ts'
import type { LeaseDocument } from './lease-document.ts'

const nowMs = Date.parse('2026-01-01T00:10:00Z')
const expirationMs = 60_000

/** `2 a` are two leases of the instance a, `2 -` nobody's, `2 a expired` of one that has not shown itself for long. */
function leases(text: string): LeaseDocument[] {
  return text
    .split(', ')
    .filter((part) => part !== '')
    .flatMap((part, group) => {
      const [count, owner, expired] = part.split(' ')
      return Array.from({ length: Number(count) }, (_lease, n) => ({
        id: `${owner}${group}${n}`,
        version: 1 as const,
        LeaseToken: `${group}-${n}`,
        FeedRange: { min: '', max: 'FF' },
        Mode: 'LatestVersion' as const,
        Owner: owner === '-' ? null : String(owner),
        ContinuationToken: null,
        timestamp: new Date(nowMs - (expired ? 2 * expirationMs : 1000)).toISOString(),
      }))
    })
}

describe('an instance among others', () => {
  // Facts from the published tests of the change feed processor's equal-partitions strategy.
  it.each([
    ['nothing where nothing is', '', []],
    ['nothing more than it has, alone', '2 me', []],
    ["all that is nobody's", '2 -', ['-', '-']],
    ['all that expired, also its own', '1 me expired, 1 a expired', ['me', 'a']],
    ['one of two of another', '2 a', ['a']],
    ['what expired before what another holds', '3 a, 1 a expired', ['a']],
    ['half of all, rounded up, from what expired', '1 a, 10 a expired', ['a', 'a', 'a', 'a', 'a', 'a']],
    ['one from whoever has most', '5 a, 10 b', ['b']],
    ['nothing when it has more than the other', '5 a, 6 me', []],
    ['nothing when it has as many', '5 a, 5 me', []],
    ['nothing when the other has just its share', '4 a, 3 me', []],
    ['one when the other has more than its share', '4 a, 2 me', ['a']],
    ['one when it lacks two and the others have just their share', '10 a, 10 b, 8 me', ['b']],
  ])('takes %s: %s', (_rule, text, owners) => {
    const chosen = chooseLeases(leases(text), { owner: 'me', nowMs, expirationMs })
    expect(chosen.map(({ id }) => id.replace(/\d+$/, ''))).toEqual(owners)
  })

  it('takes the expired one, not another of the same owner', () => {
    const all = leases('3 a, 1 a expired')
    expect(chooseLeases(all, { owner: 'me', nowMs, expirationMs })).toEqual(all.slice(3))
  })

  it('comes to an equal share with the others, in rounds', () => {
    let all = leases('7 a')
    for (const owner of ['b', 'b', 'b', 'b', 'c', 'c', 'c', 'a', 'b', 'c']) {
      const chosen = new Set(chooseLeases(all, { owner, nowMs, expirationMs }))
      all = all.map((lease) => (chosen.has(lease) ? { ...lease, Owner: owner } : lease))
    }
    const counts = ['a', 'b', 'c'].map((owner) => all.filter((lease) => lease.Owner === owner).length)
    expect(counts.toSorted((a, b) => a - b)).toEqual([2, 2, 3])
  })
})
