import { expect, it } from '@jest/globals'
import { DatabaseSync } from 'node:sqlite'

import { isId } from './ids.ts'

it('works', async () => {
  await using x = { async [Symbol.asyncDispose]() {} }
  expect(new DatabaseSync(':memory:')).toBeTruthy()
  expect(isId('a')).toBe(!!x)
})
