import type { IncomingMessage } from 'node:http'
import { describe, expect, it } from '@jest/globals'

import { toRequestUrl } from './request-url.ts'

const hosts = [
  'localhost',
  'LocalHost:7071',
  '127.0.0.1:80',
  '[::1]:3000',
  'a@b',
  'a/b',
  'a?b',
  'a#b',
  'ä.example',
  'a b',
  'x:y',
]
const targets = [
  '/',
  '/api/a',
  '/api/a?x=1&y=%20',
  '/api/a?',
  '/api//a/',
  '/a/./b',
  '/a/../b',
  '/a/.hidden',
  '/a.b/c..',
  '/a/%2e%2e/b',
  '/a%20b',
  '/a b',
  '/a\\b',
  '/ü',
  "/a?x='y'",
  '/a?x="y"',
  '/a?x=ü',
  '/a?x=/../y',
  '/a{b}',
  '/a?x=1#y',
  '/A~_-',
]

describe('the URL of a request', () => {
  it.each(hosts.flatMap((host) => targets.map((target) => [host, target])))(
    'is what the URL parser makes of host "%s" and target "%s"',
    (host, url) => {
      const seen = toRequestUrl({ headers: { host }, url } as unknown as IncomingMessage)
      const expected = URL.parse(`http://${host}${url}`) ?? undefined
      const search = (each: typeof seen): string => new URLSearchParams(each?.search).toString()
      expect([seen?.href, seen?.pathname, search(seen)]).toEqual([
        expected?.href,
        expected?.pathname,
        search(expected),
      ])
    },
  )

  it.each([
    ['localhost', '/api/%65cho', 'http://localhost/api/echo', '/api/%65cho'],
    ['localhost', '/a%2Fb%zz', 'http://localhost/a%2Fb%25zz', '/a%2Fb%zz'],
    ['', '/api/a?x=1', 'http://localhost/api/a?x=1', '/api/a'],
  ])('of host "%s" and target "%s" is %s, its path for routes %s', (host, url, href, pathname) => {
    expect(toRequestUrl({ headers: { host }, url } as unknown as IncomingMessage)).toMatchObject({
      href,
      pathname,
    })
  })
})
