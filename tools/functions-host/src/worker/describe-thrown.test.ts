import { describe, expect, it } from '@jest/globals'

import { describeThrown } from './describe-thrown.ts'

const circular: Record<string, unknown> = {}
circular['self'] = circular
const stubborn = new Error('stubborn')
Object.defineProperty(stubborn, 'stack', {
  get() {
    throw new Error('no stack')
  },
})

describe('what was thrown', () => {
  it.each<[string, unknown, string]>([
    ['a text', 'text', 'text'],
    ['nothing', undefined, 'undefined'],
    ['null', null, 'null'],
    ['an object', { a: 1 }, '{"a":1}'],
    ['a BigInt', 10n, '10n'],
    ['an object that holds itself', circular, '<ref *1> { self: [Circular *1] }'],
    ['a symbol', Symbol('x'), 'Symbol(x)'],
    ['an object without a prototype', Object.create(null), '{}'],
    [
      'an object that resists',
      new Proxy(
        {},
        {
          getPrototypeOf() {
            throw new Error('no prototype')
          },
        },
      ),
      'A value that cannot be shown was thrown.',
    ],
    ['an error that resists', stubborn, 'A value that cannot be shown was thrown.'],
  ])('is told as text: %s', (_case, thrown, message) => {
    expect(describeThrown(thrown)).toEqual({ message, stack: '' })
  })

  it('is an error with message and stack, both of them text', () => {
    const error = Object.assign(new Error('x'), { message: { a: 1 }, stack: 5 })
    expect(describeThrown(error)).toEqual({ message: '[object Object]', stack: '5' })
  })
})
