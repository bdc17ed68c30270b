import { describe, expect, it } from '@jest/globals'

import { poisonQueueName, toQueueName } from './queue-name.ts'

describe('the name of a queue', () => {
  it.each([
    ['orders', 'orders'],
    ['Orders-2', 'orders-2'],
    ['a1b', 'a1b'],
    ['a'.repeat(63), 'a'.repeat(63)],
  ])('%s is read as %s', (text, expected) => {
    expect(toQueueName(text, 'Function "f"')).toBe(expected)
  })

  it.each(['', 'ab', 'a'.repeat(64), '-abc', 'abc-', 'a--b', 'a_b', 'a b', 'ä12', 'a/b'])(
    '%p is refused, naming the function',
    (text) => {
      expect(() => toQueueName(text, 'Function "f"')).toThrow(`Function "f": "${text}" is no name of a queue`)
    },
  )

  it.each([
    ['orders', 'orders-poison'],
    ['orders-poison', undefined],
    ['a'.repeat(56), `${'a'.repeat(56)}-poison`],
    ['a'.repeat(57), undefined],
  ])('%s has the poison queue %s', (name, expected) => {
    expect(poisonQueueName(name)).toBe(expected)
  })
})
