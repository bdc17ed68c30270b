import { describe, expect, it } from '@jest/globals'

import { seededChaos } from './seeded-chaos.ts'

const subjects = Array.from({ length: 500 }, (_subject, n) => `message ${n}`)
const silent = (): void => {}

describe('chaos by a seed', () => {
  it('does the same to the same subjects, in whatever order they come, and something else by another seed', () => {
    const struck = (seed: number, order: readonly string[]): string[] => {
      const chaos = seededChaos(seed, silent)
      return order.filter((subject) => chaos.strikes('queue message twice', () => subject)).toSorted()
    }
    const first = struck(1234, subjects)
    expect(first.length).toBeGreaterThan(50)
    expect(first.length).toBeLessThan(150)
    expect(struck(1234, subjects.toReversed())).toEqual(first)
    expect(struck(1235, subjects)).not.toEqual(first)
  })

  it('decides anew each time that a subject comes', () => {
    const fates = (): boolean[] => {
      const chaos = seededChaos(7, silent)
      return Array.from({ length: 50 }, () => chaos.strikes('activity twice', () => 'the same'))
    }
    expect(new Set(fates())).toEqual(new Set([true, false]))
    expect(fates()).toEqual(fates())
  })

  it('tells what it does, with the seed', () => {
    const log: string[] = []
    const chaos = seededChaos(99, (_level, message) => void log.push(message))
    const delays = subjects.map((subject) => chaos.delayMs('queue message late', () => subject))
    const some = delays.filter((delayMs) => delayMs > 0)
    expect(log).toHaveLength(some.length)
    expect(Math.max(...delays)).toBeLessThanOrEqual(1500)
    expect(log[0]).toMatch(/^Chaos 99: queue message late by \d+ ms: message \d+$/)
  })
})
