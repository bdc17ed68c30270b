import { describe, expect, it } from '@jest/globals'

import { newTraceParent } from './trace-parent.ts'

describe('new trace parents', () => {
  it('are well-formed, and no two share an id, over several fillings of the pool', () => {
    const all = Array.from({ length: 1000 }, newTraceParent)
    expect(all.filter((text) => !/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/.test(text))).toEqual([])
    expect(new Set(all.map((text) => text.slice(3, 35))).size).toBe(all.length)
    expect(new Set(all.map((text) => text.slice(36, 52))).size).toBe(all.length)
  })
})
