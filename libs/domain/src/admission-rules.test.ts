import { expect, it } from '@jest/globals'
import fc from 'fast-check'

import { chooseNext } from './admission-rules.ts'

const candidate = (tenantId: string, index: number) => ({
  id: `${tenantId}${index}`,
  tenantId,
  createdAt: new Date(index).toISOString(),
})

it('serves tenants in turn, beginning after the last one served', () => {
  const many = Array.from({ length: 1000 }, (_, index) => candidate('a', index))

  expect(chooseNext([...many, candidate('b', 5000)], 3, 'a').map((task) => task.id)).toEqual([
    'b5000',
    'a0',
    'a1',
  ])
  expect(chooseNext([...many, candidate('b', 5000)], 1, 'b').map((task) => task.id)).toEqual(['a0'])
})

it('fills the free places and no more, without choosing one twice', () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ tenant: fc.constantFrom('a', 'b', 'c'), at: fc.nat(1000) })),
      fc.nat(20),
      (raw, free) => {
        const candidates = raw.map(({ tenant, at }, index) => ({
          ...candidate(tenant, at),
          id: String(index),
        }))
        const chosen = chooseNext(candidates, free, 'b')

        expect(chosen).toHaveLength(Math.min(free, candidates.length))
        expect(new Set(chosen.map((task) => task.id)).size).toBe(chosen.length)
      },
    ),
  )
})
