import { describe, expect, it } from '@jest/globals'

import { TestClock } from './test-clock.ts'

const never = new AbortController().signal
const startMs = Date.parse('2026-01-01T00:00:00Z')

describe('a test clock', () => {
  it('ends waits in the order of their times, each at its own, however they came', async () => {
    const clock = new TestClock(startMs)
    const ends: [string, number][] = []
    const note = async (name: string, wait: Promise<boolean>): Promise<void> => {
      if (await wait) ends.push([name, clock.now() - startMs])
    }
    clock.attach({ rest: async () => {}, idle: async () => {} })
    void note('late', clock.delay(3000, never))
    void note('early', clock.until(startMs + 1000, never))
    void note('never', clock.delay(Infinity, never))
    // What follows from a wait has its time too.
    void note(
      'next',
      clock.delay(2000, never).then(() => clock.delay(500, never)),
    )
    await clock.advance({ seconds: 4 })
    expect(ends).toEqual([
      ['early', 1000],
      ['next', 2500],
      ['late', 3000],
    ])
    expect(clock.now()).toBe(startMs + 4000)
  })

  it('stops for what is due, not for looks at the outside: those are had at the next stop', async () => {
    const clock = new TestClock(startMs)
    const looks: number[] = []
    let stops = 0
    clock.attach({ rest: async () => void (stops += 1), idle: async () => {} })
    const look = async (): Promise<void> => {
      while (await clock.poll(1000, never)) looks.push(clock.now() - startMs)
    }
    void look()
    void clock.delay(60_000, never)
    await clock.advance({ days: 1 })
    expect(looks).toEqual([60_000, 86_400_000])
    expect(stops).toBe(1)
  })

  it('ends a wait without its time when the signal comes, or has come', async () => {
    const clock = new TestClock(startMs)
    const stop = new AbortController()
    const wait = clock.delay(1000, stop.signal)
    expect(clock.nextDueMs).toBe(startMs + 1000)
    stop.abort()
    expect([await wait, await clock.delay(1000, stop.signal)]).toEqual([false, false])
    expect(clock.nextDueMs).toBeUndefined()
    expect(await clock.delay(0, never)).toBe(true)
  })

  it('moves once at a time, and waits for who lives by it', async () => {
    const clock = new TestClock(startMs)
    const times: number[] = []
    clock.attach({ rest: async () => {}, idle: async () => void times.push(clock.now() - startMs) })
    await Promise.all([clock.advance(1000), clock.advance(1000)])
    expect(times).toEqual([0, 1000, 1000, 2000])
  })

  it.each(['yesterday', Number.NaN])('refuses to start at %p', (start) => {
    expect(() => new TestClock(start)).toThrow(`"${start}" is no time.`)
  })
})
