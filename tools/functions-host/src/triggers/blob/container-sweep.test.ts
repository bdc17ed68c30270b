import { describe, expect, it } from '@jest/globals'

import type { FoundBlob } from './container-sweep.ts'
import { ContainerSweep } from './container-sweep.ts'

const blob = (name: string, lastModifiedMs: number, etag = `"${name}"`): FoundBlob => ({
  name,
  etag,
  blobType: 'BlockBlob',
  lastModifiedMs,
})
const names = (blobs: readonly FoundBlob[]): string[] => blobs.map(({ name }) => name)

/** One whole sweep over these pages; all that is new is settled. */
function sweepOver(sweep: ContainerSweep, ...pages: FoundBlob[][]): string[] {
  const found = pages.flatMap((page) => {
    const fresh = sweep.takePage(page)
    for (const one of fresh) sweep.settle(one)
    return names(fresh)
  })
  sweep.end()
  return found
}

describe('a sweep of a container', () => {
  it('finds all at first, then what came or changed, in whichever page', () => {
    const sweep = new ContainerSweep(0)
    const [a, b] = [blob('a', 1000), blob('b', 2000)]

    expect(sweepOver(sweep, [b], [a])).toEqual(['b', 'a'])
    expect(sweepOver(sweep, [a], [b])).toEqual([])
    // b is of the newest second that the sweep before saw: its receipt is asked once more.
    expect(sweepOver(sweep, [blob('a', 3000, '"a2"'), blob('aa', 3000)], [b])).toEqual(['a', 'aa', 'b'])
    expect(sweepOver(sweep, [blob('a', 3000, '"a2"'), blob('aa', 3000)], [b])).toEqual([])
  })

  it('finds what came later within the newest second, and that alone', () => {
    const sweep = new ContainerSweep(0)
    sweepOver(sweep, [blob('a', 1000), blob('b', 2000)])

    expect(sweepOver(sweep, [blob('a', 1000), blob('b', 2000), blob('c', 2000)])).toEqual(['c'])
    expect(sweepOver(sweep, [blob('b', 2000, '"b2"'), blob('c', 2000)])).toEqual(['b'])
  })

  it('finds again what was not settled', () => {
    const sweep = new ContainerSweep(0)
    sweep.takePage([blob('a', 1000)])
    sweep.end()

    expect(sweepOver(sweep, [blob('a', 1000)])).toEqual(['a'])
  })

  it('goes on where an earlier host got to', () => {
    expect(sweepOver(new ContainerSweep(2000), [blob('a', 1999), blob('b', 2000)])).toEqual(['b'])
  })

  it('moves its cursor at the end of a sweep, never back', () => {
    const sweep = new ContainerSweep(0)
    sweep.takePage([blob('a', 2000)])
    expect(sweep.cursorMs).toBe(0)
    sweep.end()
    expect(sweep.cursorMs).toBe(2000)
    sweepOver(sweep, [blob('b', 1000)])
    expect(sweep.cursorMs).toBe(2000)
  })
})
