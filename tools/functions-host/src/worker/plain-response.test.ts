import { HttpResponse } from '@azure/functions'
import type { HttpResponseInit } from '@azure/functions'
import { describe, expect, it } from '@jest/globals'

import { toPlainResponse } from './plain-response.ts'

/** What the library makes of it, by its own class. */
async function byLibrary(init: HttpResponseInit): Promise<object> {
  const response = new HttpResponse(init)
  return {
    status: String(response.status),
    headers: [...response.headers],
    body: Buffer.from(await response.arrayBuffer()).toString('hex'),
  }
}

function byUs(init: HttpResponseInit): object | undefined {
  const http = toPlainResponse(init)
  return (
    http && {
      status: http.statusCode,
      headers: Object.entries(http.headers ?? {}),
      body: Buffer.from(http.body?.bytes ?? http.body?.string ?? '').toString('hex'),
    }
  )
}

describe('a plain response', () => {
  it.each<[string, HttpResponseInit]>([
    ['nothing', {}],
    ['a text', { body: 'hällo' }],
    ['an empty text', { body: '' }],
    ['half a character', { body: '\ud800' }],
    ['bytes', { body: Buffer.from([0, 1, 255]) }],
    ['a view of bytes', { body: new Uint8Array([1, 2, 3]).subarray(1) }],
    ['JSON', { jsonBody: { a: [1, 'ü', null] } }],
    ['JSON of a text', { jsonBody: 'x' }],
    ['no JSON', { jsonBody: null, body: 'x' }],
    ['JSON before a body', { jsonBody: false, body: 'x' }],
    ['a status', { status: 418, body: 'teapot' }],
    ['no content', { status: 204, body: 'x', headers: { b: '1', A: '2' } }],
    ['reset content', { status: 205, jsonBody: 1 }],
    ['not modified', { status: 304, body: 'x', headers: { ETag: '"a"' } }],
    ['headers, out of order', { headers: { 'X-B': 'b', 'x-a': 'a', 'Content-Type': 'text/css' }, body: 'x' }],
    ['a type of its own for JSON', { headers: { 'content-type': 'application/problem+json' }, jsonBody: {} }],
    ['an empty header', { headers: { 'x-empty': '' }, body: 'x' }],
    ['a tab in a header', { headers: { 'x-tab': 'a\tb c' } }],
    ['no cookies', { cookies: [], body: 'x' }],
  ])('is what the library makes of it: %s', async (_case, init) => {
    expect(byUs(init)).toEqual(await byLibrary(init))
  })

  it.each<[string, unknown]>([
    ['a response', new HttpResponse({ body: 'x' })],
    ['a list', []],
    ['a text', 'x'],
    ['nothing', undefined],
    ['a stream', { body: new ReadableStream() }],
    ['a form', { body: new FormData() }],
    ['a number', { body: 5 }],
    ['shared memory', { body: new Uint8Array(new SharedArrayBuffer(1)) }],
    ['JSON of a function', { jsonBody: () => 1 }],
    ['a status as text', { status: '202' }],
    ['a status out of range', { status: 199 }],
    ['half a status', { status: 200.5 }],
    ['cookies', { cookies: [{ name: 'a', value: 'b' }] }],
    ['Headers', { headers: new Headers({ a: 'b' }) }],
    ['two spellings of a header', { headers: { a: '1', A: '2' } }],
    ['set-cookie', { headers: { 'Set-Cookie': 'a=b' } }],
    ['a header with white space around it', { headers: { a: ' b' } }],
    ['a header that is not ASCII', { headers: { a: 'ä' } }],
    ['a line break in a header', { headers: { a: 'b\r\nc: d' } }],
    ['a header that is no text', { headers: { a: 5 } }],
    ['a bad name', { headers: { 'a b': 'c' } }],
    ['a symbol', { headers: { [Symbol('a')]: 'b' } }],
    ['a response of its own', { nativeResponse: new Response('x') }],
  ])('is left to the library: %s', (_case, returned) => {
    expect(toPlainResponse(returned)).toBeUndefined()
  })

  it('does not change when the function uses its buffer again', () => {
    const buffer = Buffer.from('before')
    const http = toPlainResponse({ body: buffer })
    buffer.write('after!')
    expect(Buffer.from(http?.body?.bytes ?? '').toString()).toBe('before')
  })

  it('fails as the library does where JSON cannot be written', () => {
    expect(() => toPlainResponse({ jsonBody: { size: 1n } })).toThrow(TypeError)
  })
})
