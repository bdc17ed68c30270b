import { describe, expect, it } from '@jest/globals'

import { parseQuery } from './parse-query.ts'
import { decodePath, encodePath } from '../../server/percent-encoding.ts'

describe('a path', () => {
  it.each([
    ['/api/%65cho', '/api/echo', '/api/echo'],
    ['/a%20b/%C3%B6', '/a b/ö', '/a%20b/%C3%B6'],
    ['/a%2Fb%2fc', '/a%2Fb%2fc', '/a%2Fb%2fc'],
    ['/a%zz%', '/a%zz%', '/a%25zz%25'],
    ['/%FF%C3%B6', '/%FFö', '/%FF%C3%B6'],
    ["/-._~!$&'()*+,;=:@", "/-._~!$&'()*+,;=:@", "/-._~!$&'()*+,;=:@"],
    ['/%5B%22%7C', '/["|', '/%5B%22%7C'],
  ])('%s is %s to routes and %s to functions', (path, decoded, encoded) => {
    expect(decodePath(path)).toBe(decoded)
    expect(encodePath(decoded)).toBe(encoded)
  })
})

describe('a query', () => {
  it.each([
    ['', []],
    ['?', []],
    ['?a', [['a', '']]],
    ['?=b', [['', 'b']]],
    ['?&&a=1&', [['a', '1']]],
    ['?a=b=c', [['a', 'b=c']]],
    ['?a=b+c%2B', [['a', 'b c+']]],
    ['?a=%FF%C3%B6%zz', [['a', '%FFö%zz']]],
    ['?a=%E2%82', [['a', '%E2%82']]],
  ])('%s holds its entries', (search, entries) => {
    expect(parseQuery(search)).toEqual(entries)
  })
})
