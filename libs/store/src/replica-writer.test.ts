import { describe, expect, it } from '@jest/globals'

import { replacesCopy, toCopy } from './replica-writer.ts'

describe('a copy in the replica', () => {
  const current = { containerRid: 'a', lsn: 7 }

  it('is replaced by a newer one only', () => {
    expect(replacesCopy({ containerRid: 'a', lsn: 8 }, current)).toBe(true)
    expect(replacesCopy({ containerRid: 'a', lsn: 7 }, current)).toBe(false)
    expect(replacesCopy({ containerRid: 'a', lsn: 6 }, current)).toBe(false)
  })

  it('of another container always yields', () => {
    expect(replacesCopy({ containerRid: 'b', lsn: 1 }, current)).toBe(true)
    expect(replacesCopy({ containerRid: 'b', lsn: 1 }, undefined)).toBe(true)
  })

  it('keeps the fields of the document and its ttl, and drops those of Cosmos', () => {
    const document = { id: 'x', tenantId: 't', ttl: 60, _lsn: 3, _etag: '"1"', _rid: 'r', _ts: 1 }

    expect(toCopy(document, current)).toEqual({ id: 'x', tenantId: 't', ttl: 60, replicaOf: current })
  })
})
