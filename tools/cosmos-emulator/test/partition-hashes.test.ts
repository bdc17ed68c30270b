import { describe, expect, it } from '@jest/globals'

import { effectiveKey } from '../src/partition/effective-key.ts'
import { keyRanges } from '../src/partition/key-ranges.ts'
import type { KeyPart } from '../src/partition/partition-key.ts'

// Computed with the hashing code of @azure/cosmos 4.10.1.
const hashes: [value: KeyPart, v1: string, v2: string][] = [
  [undefined, '05C1D529E345DC00', '11622DAA78F835834610ABE56EFF5CB5'],
  [null, '05C1ED45D7475601', '378867E4430E67857ACE5C908374FE16'],
  [true, '05C1D7C5A903D803', '0E711127C5B5A8E4726AC6DD306A3E59'],
  [false, '05C1DB857D857C02', '2FE1BE91E90A3439635E0E9E37361EF2'],
  [0, '05C1BF6DA115600580', '155B95BEDAC4B1E9EC1CDC9BB0DDDE58'],
  [-1.5, '05C1E901090F44054008', '151793206780805FF6E1DCAE6C787B6A'],
  [123456789012, '05C1C55BF5910805C23D5FA723A1A0', '2953C7CD38F0558CAFE671D230C5F1F5'],
  ['', '05C1CF33970FF80800', '32E9366E637A71B4E710384B2F4970A0'],
  ['tenant-1', '05C1EF779995400875666F626F752E3200', '1B6E36CBA1839DF91310617831CA7FAC'],
  ['ünïcode😀', '05C1D3E775D7C008C4BD6FC4B064706566F1A0998100', '098906D4FB2A880C55600B4FBEE8B2A2'],
  [
    'x'.repeat(150),
    '05C1DD45A3938C087979797979797979797979797979797979797979797979797979797979797979797979797979797979797979797979797979797979797979797979797979797979797979797979797979797979797979797979797979797979797979797979797979797900',
    '165D5EACD9E5ED8FE2683C0B57ED57CC',
  ],
]

describe('the effective partition key', () => {
  it.each(hashes)('of %s is the one that clients compute', (value, v1, v2) => {
    expect(effectiveKey([value], { paths: ['/a'], kind: 'Hash' })).toBe(v1)
    expect(effectiveKey([value], { paths: ['/a'], kind: 'Hash', version: 2 })).toBe(v2)
  })

  it('of a hierarchy is that of each level, one after the other', () => {
    const definition = { paths: ['/a', '/b', '/c'], kind: 'MultiHash' as const, version: 2 }

    expect(effectiveKey(['t', 'j', 5], definition)).toBe(
      '3B310042FC8EA24E4CB78FD8BFEDBAA716A25C9FAD46172C0AA08AE5711900FF19C08621B135968252FB34B4CF66F811',
    )
    expect(effectiveKey(['t', 'j', 5], definition).startsWith(effectiveKey(['t', 'j'], definition))).toBe(
      true,
    )
  })
})

describe('the key ranges of a container', () => {
  it('cover the whole hash space without a gap', () => {
    const ranges = keyRanges({ paths: ['/a'], kind: 'Hash', version: 2 }, 5)

    expect(ranges[0]?.minInclusive).toBe('')
    expect(ranges.at(-1)?.maxExclusive).toBe('FF')
    expect(ranges.slice(1).map(({ minInclusive }) => minInclusive)).toEqual(
      ranges.slice(0, -1).map(({ maxExclusive }) => maxExclusive),
    )
  })

  it('of version 1 are those of the service', () => {
    expect(keyRanges({ paths: ['/a'], kind: 'Hash' }, 4).map(({ minInclusive }) => minInclusive)).toEqual([
      '',
      '05C1CFFFFFFFF8',
      '05C1DFFFFFFFFC',
      '05C1E7FFFFFFFE',
    ])
  })
})
