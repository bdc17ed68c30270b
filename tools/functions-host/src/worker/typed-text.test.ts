import { describe, expect, it } from '@jest/globals'

import { readText } from './typed-text.ts'

describe('a text as function code gets it', () => {
  it.each([
    '',
    ' ',
    'text',
    'true story',
    '007',
    '1a2b',
    '1e5',
    '-',
    '-1',
    '1.',
    '.5',
    '+1',
    'NaN',
    'Infinity',
    '12',
    ' 12\n',
    '-1.5E+3',
    'true',
    'false',
    'null',
    '"a"',
    '"a',
    '{"a":1}',
    '{',
    '[1,2]',
    '\t[]',
    '\uFEFF1',
  ])('is its value where it is JSON, else the text: %j', (text) => {
    let expected: unknown = text
    try {
      expected = JSON.parse(text)
    } catch {
      // It stays the text.
    }
    expect(readText(text)).toEqual(expected)
  })
})
