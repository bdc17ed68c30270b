import { describe, expect, it } from '@jest/globals'

import { splitContinuation } from './split-continuation.ts'

const part = (minInclusive: string, maxExclusive: string, continuationToken: string): object => ({
  minInclusive,
  maxExclusive,
  continuationToken,
})

describe('the continuation of a reader', () => {
  it('of one range is its own only part', () => {
    const whole = JSON.stringify({ rid: 'r', Continuation: [part('', 'FF', '"7"')] })
    expect(splitContinuation(whole)).toEqual([{ range: { min: '', max: 'FF' }, continuation: whole }])
  })

  it('whose partition was split has a part for each child, each at its own place', () => {
    const children = [part('', '1F', '"7"'), part('1F', 'FF', '"9"')]
    const parts = splitContinuation(JSON.stringify({ rid: 'r', Continuation: children }))
    expect(parts.map(({ range }) => range)).toEqual([
      { min: '', max: '1F' },
      { min: '1F', max: 'FF' },
    ])
    expect(parts.map(({ continuation }) => JSON.parse(continuation))).toEqual(
      children.map((child) => ({ rid: 'r', Continuation: [child] })),
    )
  })
})
