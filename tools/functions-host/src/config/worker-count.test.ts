import { describe, expect, it } from '@jest/globals'

import { readWorkerCount } from './worker-count.ts'

describe('the number of workers', () => {
  it.each([
    [undefined, 1],
    ['', 1],
    ['1', 1],
    ['10', 10],
  ])('for the setting %j is %d', (text, count) => {
    expect(readWorkerCount({ FUNCTIONS_WORKER_PROCESS_COUNT: text })).toBe(count)
  })

  it.each(['0', '11', 'two', '1.5', '-1'])('cannot be %s', (text) => {
    expect(() => readWorkerCount({ FUNCTIONS_WORKER_PROCESS_COUNT: text })).toThrow(
      `FUNCTIONS_WORKER_PROCESS_COUNT is "${text}"`,
    )
  })
})
