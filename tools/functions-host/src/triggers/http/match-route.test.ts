import { describe, expect, it } from '@jest/globals'

import { compileRoute } from './match-route.ts'

describe('a route', () => {
  it.each([
    ['v1/jobs/{id}', '/V1/Jobs/a%20b', { id: 'a b' }],
    ['v1/jobs/{id}', '/v1/jobs/a/', { id: 'a' }],
    ['v1/jobs/{id}', '/v1/jobs/a%2Fb', { id: 'a%2Fb' }],
    ['v1/jobs/{id}', '/v1/jobs/a%zz%20b', { id: 'a%zz b' }],
    ['v1/jobs/{id}', '/v1/jobs/%FF%C3%B6%C3', { id: '%FFö%C3' }],
    ['v1/%', '/v1/%25', {}],
    ['v1/{{a}}', '/v1/%7Ba%7D', {}],
    ['/v1/{a}/', '/v1/x', { a: 'x' }],
    ['v1/{a}/{b?}', '/v1/x', { a: 'x' }],
    ['v1/{a}/{b=two}', '/v1/x', { a: 'x', b: 'two' }],
    ['v1/{a=one}/{b=two}', '/v1', { a: 'one', b: 'two' }],
    ['v1/{n:int=7}', '/v1', { n: '7' }],
    ['v1/{n:int?}', '/v1', {}],
    ['i/{tenant}/{*rest}', '/i/t/a/b//c/', { tenant: 't', rest: 'a/b//c/' }],
    ['i/{**rest}', '/i/a/b', { rest: 'a/b' }],
    ['i/{*rest=none}', '/i', { rest: 'none' }],
    ['i/{*rest}', '/i', {}],
    ['{*rest}', '/a/b', { rest: 'a/b' }],
    ['{*rest}', '/', {}],
    ['{name}.{ext}', '/a.b.c', { name: 'a.b', ext: 'c' }],
    ['{name}.{ext?}', '/a.b', { name: 'a', ext: 'b' }],
    ['{name}.{ext?}', '/a', { name: 'a' }],
    ['file-{n:int}.json', '/FILE-7.JSON', { n: '7' }],
    ['{a}-{b}-{c}', '/1-2-3-4', { a: '1-2', b: '3', c: '4' }],
    ['{a}aa{b}', '/aaaaa', { a: 'aa', b: 'a' }],
  ])('%s takes %s', (template, path, values) => {
    expect(compileRoute(template)(path)).toEqual(values)
  })

  it.each([
    ['v1/jobs/{id}', '/v1/jobs'],
    ['v1/jobs/{id}', '/v1/jobs//'],
    ['v1/jobs/{id}', '/v1/jobs/a/b'],
    ['v1/jobs', '//v1/jobs'],
    ['v1/jobs', '/v1/jobs//'],
    ['v1/{a=x}/end', '/v1/end'],
    ['i/{*rest}', '/i//a'],
    ['{name}.{ext}', '/.txt'],
    ['{name}.{ext}', '/a.'],
    ['{name}.{ext?}', '/a.'],
    ['x{a}', '/x'],
    ['{a}-{b}', '/-b'],
    ['i/{*rest:int}', '/i'],
  ])('%s does not take %s', (template, path) => {
    expect(compileRoute(template)(path)).toBeUndefined()
  })

  it.each([
    ['v1//jobs', 'a slash must not follow another'],
    ['v1/{id', 'its braces do not match'],
    ['v1/id}', 'its braces do not match'],
    ['v1/{}', 'its braces do not match'],
    ['v1/{id:regex(^a{2}$)}', 'inside of a parameter each brace is written twice'],
    ['v1/what?', 'a question mark may stand in a parameter alone'],
    ['v1/{a/b}', 'has no name that a parameter may have'],
    ['v1/{id}/{ID}', '"ID" stands in it twice'],
    ['v1/{id=1?}', 'is optional and has a default value'],
    ['v1/{*id?}', 'cannot be optional'],
    ['v1/{*id}/x', 'nothing may follow {*id}'],
    ['v1/x{*id}', '{*id} must stand alone'],
    ['v1/{a}{b}', 'text must stand between {a} and {b}'],
    ['v1/{a?}.x', 'must stand at the end of its part'],
    ['v1/{a}-{b?}', 'only a period may stand before {b?}'],
  ])('%s cannot be read: %s', (template, reason) => {
    expect(() => compileRoute(template)).toThrow(reason)
  })
})
