import { describe, expect, it } from '@jest/globals'

import { TimeLimit } from './time-limit.ts'

describe('a time limit', () => {
  it('is told of every run that is late, in the order in which they began, and of no run that has ended', async () => {
    const limit = new TimeLimit(20)
    const late: string[] = []
    const { promise, resolve } = Promise.withResolvers<void>()
    limit.begin(() => late.push('first'))
    const ended = limit.begin(() => late.push('ended'))
    limit.begin(() => late.push('second'))
    limit.end(ended)
    setImmediate(() =>
      limit.begin(() => {
        late.push('third')
        resolve()
      }),
    )
    // Its timer keeps no process alive.
    const alive = setTimeout(() => {}, 10_000)
    await promise
    clearTimeout(alive)
    expect(late).toEqual(['first', 'second', 'third'])
  })

  it('waits again after a time without runs', async () => {
    const limit = new TimeLimit(10)
    for (let round = 0; round < 2; round += 1) {
      limit.end(limit.begin(() => {}))
      const alive = setTimeout(() => {}, 10_000)
      await new Promise<void>((resolve) => limit.begin(resolve))
      clearTimeout(alive)
    }
  })

  it.each([Number.POSITIVE_INFINITY, 2 ** 40])(
    'may be endless, or longer than any timer: %d ms',
    async (limitMs) => {
      const limit = new TimeLimit(limitMs)
      let isLate = false
      limit.begin(() => (isLate = true))
      await new Promise((resolve) => setImmediate(resolve))
      limit.close()
      expect(isLate).toBe(false)
    },
  )
})
