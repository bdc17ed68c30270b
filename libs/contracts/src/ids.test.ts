import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'

import { deriveId, isId, mintId, withPrefix } from './ids.ts'

describe('ids', () => {
  it('sort by the time they were minted', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 2 ** 45 }),
        fc.integer({ min: 1, max: 1_000_000 }),
        (atMs, laterMs) => {
          expect(mintId('job', atMs) < mintId('job', atMs + laterMs)).toBe(true)
        },
      ),
    )
  })

  it('have a prefix and 26 characters of Crockford base32', () => {
    expect(isId('ast', mintId('ast'))).toBe(true)
    expect(isId('job', mintId('ast'))).toBe(false)
    expect(isId('ast', 'ast_01k0w3v7h0e8r9a2b3c4d5e6fu')).toBe(false)
    expect(isId('ast', `${mintId('ast')}x`)).toBe(false)
  })

  it('derived from the same parts are the same, and parts cannot run into each other', () => {
    expect(deriveId('tsk', 'job_a', 1, 'probe', 0)).toBe(deriveId('tsk', 'job_a', 1, 'probe', 0))
    expect(deriveId('tsk', 'a', 'bc')).not.toBe(deriveId('tsk', 'ab', 'c'))
    expect(isId('tsk', deriveId('tsk', 'x'))).toBe(true)
  })

  it('of an upload and its asset share their characters', () => {
    const upload = mintId('upl')

    expect(withPrefix('upl', withPrefix('ast', upload))).toBe(upload)
  })
})
