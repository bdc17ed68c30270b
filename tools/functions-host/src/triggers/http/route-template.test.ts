import { describe, expect, it } from '@jest/globals'

import { compileRoute } from './route-template.ts'

describe('a route template', () => {
  it.each([
    ['v1/jobs/{id}', '/V1/Jobs/a%20b', { id: 'a b' }],
    ['v1/jobs/{id}', '/v1/jobs/a/', { id: 'a' }],
    ['v1/jobs/{id}', '/v1/jobs/a%2Fb', { id: 'a%2Fb' }],
    ['v1/jobs/{id}', '/v1/jobs/a%zz', { id: 'a%zz' }],
    ['v1/%', '/v1/%25', {}],
    ['v1/{a}/{b?}', '/v1/x', { a: 'x' }],
    ['v1/{a}/{b=two}', '/v1/x', { a: 'x', b: 'two' }],
    ['i/{tenant}/{*rest}', '/i/t/a/b//c/', { tenant: 't', rest: 'a/b//c/' }],
    ['i/{*rest}', '/i', {}],
    ['{*rest}', '/a/b', { rest: 'a/b' }],
    ['{name}.{ext}', '/a.b.c', { name: 'a.b', ext: 'c' }],
    ['{n:int}', '/+5', { n: '+5' }],
    ['{n:range(1,9)}', '/9', { n: '9' }],
    ['{s:alpha:minlength(2)}', '/ab', { s: 'ab' }],
    ['{s:regex(^a{2}$)}', '/AA', { s: 'AA' }],
    ['{g:guid}', '/0d0f9a5e-5b0f-4f0c-9b6a-5a5f0e1c2d3b', { g: '0d0f9a5e-5b0f-4f0c-9b6a-5a5f0e1c2d3b' }],
  ])('%s takes %s', (template, path, values) => {
    expect(compileRoute(template)(path)).toEqual(values)
  })

  it.each([
    ['v1/jobs/{id}', '/v1/jobs'],
    ['v1/jobs/{id}', '/v1/jobs//'],
    ['v1/jobs/{id}', '/v1/jobs/a/b'],
    ['v1/jobs', '//v1/jobs'],
    ['{n:int}', '/5.0'],
    ['{n:range(1,9)}', '/10'],
    ['{s:length(3)}', '/ab'],
    ['{b:bool}', '/yes'],
    ['{g:guid}', '/nothing'],
  ])('%s does not take %s', (template, path) => {
    expect(compileRoute(template)(path)).toBeUndefined()
  })

  it('with a constraint that does not exist stops the host, with a message that names it', () => {
    expect(() => compileRoute('v1/{id:colour}')).toThrow('constraint that does not exist: "colour"')
  })
})
