import { describe, expect, it } from '@jest/globals'

import { readOrientation } from './display-matrix.ts'

const one = 65_536

function matrix(a: number, b: number, c: number, d: number): Buffer {
  const bytes = Buffer.alloc(36)
  for (const [index, value] of [a, b, 0, c, d, 0, 0, 0, 0x4000_0000].entries())
    bytes.writeInt32LE(value, index * 4)
  return bytes
}

describe('a display matrix', () => {
  it.each([
    ['upright', matrix(one, 0, 0, one), 0, []],
    ['a quarter turn', matrix(0, one, -one, 0), 90, ['transpose=clock']],
    ['upside down', matrix(-one, 0, 0, -one), 180, ['hflip', 'vflip']],
    ['three quarters', matrix(0, -one, one, 0), 270, ['transpose=cclock']],
    ['mirrored, a quarter turn', matrix(0, one, one, 0), 90, ['transpose=cclock_flip']],
    ['mirrored top to bottom', matrix(one, 0, 0, -one), 0, ['vflip']],
    ['a slant', matrix(46_341, 46_341, -46_341, 46_341), 0, []],
    ['zeros', matrix(0, 0, 0, 0), 0, []],
  ])('%s', (_what, bytes, rotationDegrees, filters) => {
    expect(readOrientation(bytes)).toEqual({ rotationDegrees, filters })
  })

  it('may be absent', () => {
    expect(readOrientation(null)).toEqual({ rotationDegrees: 0, filters: [] })
  })
})
