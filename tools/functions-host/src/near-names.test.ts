import { expect, it } from '@jest/globals'

import { nearNames } from './near-names.ts'

const known = ['createOrder', 'cancelOrder', 'sendMail', 'sweep']

it.each([
  ['createOrdr', ['createOrder']],
  ['CREATEORDER', ['createOrder']],
  ['sendMial', ['sendMail']],
  ['order', ['createOrder', 'cancelOrder']],
  ['nothingLikeIt', []],
])('%s may have meant %j', (name, expected) => {
  expect(nearNames(name, known)).toEqual(expected)
})

it('offers all of a few', () => {
  expect(nearNames('other', ['one', 'two'])).toEqual(['one', 'two'])
})
