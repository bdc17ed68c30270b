import { inspect } from 'node:util'
import { HttpRequest } from '@azure/functions'
import { describe, expect, it } from '@jest/globals'

import type { LibraryRequest, LibraryRequestClass } from './lazy-request.ts'
import { canBeLazy, lazyRequestClass } from './lazy-request.ts'
import type { HttpData } from './protocol.ts'

const Library = HttpRequest as unknown as LibraryRequestClass
const LazyRequest = lazyRequestClass(Library)

const get: HttpData = {
  method: 'GET',
  url: 'http://localhost:7071/api/a/7?x=1&y=%20',
  headers: { host: 'localhost:7071', 'x-b': 'b', accept: '*/*' },
  query: { x: '1,2', y: ' ' },
  params: { id: '7' },
}
const post: HttpData = {
  ...get,
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: { bytes: Buffer.from('\ufeff{"a":"ü"}') },
}
const bad: HttpData = { ...post, body: { bytes: Buffer.from([0x7b, 0xff]) } }
const form: HttpData = {
  ...post,
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
  body: { bytes: Buffer.from('a=1&b=%20') },
}
const principal: HttpData = {
  ...get,
  headers: {
    'x-ms-client-principal': Buffer.from('{"identityProvider":"aad","userId":"u"}').toString('base64'),
  },
}

type Question = (request: LibraryRequest & { query: URLSearchParams; params: unknown }) => unknown

/** What a question gets, or how it fails. */
async function ask(question: Question, request: LibraryRequest): Promise<unknown> {
  try {
    return await question(request as Parameters<Question>[0])
  } catch (error) {
    return String(error)
  }
}

const read: Question = async (request) => [await request.text(), request.bodyUsed]
const questions: [string, Question][] = [
  ['url and method', ({ url, method }) => [url, method]],
  ['headers', ({ headers }) => [...headers]],
  ['one header', ({ headers }) => headers.get('X-B')],
  ['the same headers each time', (request) => request.headers === request.headers],
  ['query', ({ query }) => [...query]],
  ['params', ({ params }) => params],
  ['user', ({ user }) => user],
  ['own names', (request) => Object.keys(request)],
  ['a copy', (request) => Object.entries({ ...request }).map(([name, value]) => [name, String(value)])],
  ['its print', (request) => inspect(request)],
  ['its class', (request) => [request instanceof HttpRequest, request.constructor === HttpRequest]],
  ['text', read],
  ['json', async (request) => [await request.json(), request.bodyUsed]],
  ['arrayBuffer', async (request) => [new Uint8Array(await request.arrayBuffer()), request.bodyUsed]],
  ['blob', async (request) => (await request.blob()).type],
  ['formData', async (request) => [...(await request.formData())]],
  ['body', async ({ body }) => body && (await new Response(body).text())],
  ['the same body each time', (request) => request.body === request.body],
  ['text twice', async (request) => [await read(request), await read(request)]],
  ['text, then json', async (request) => [await read(request), await request.json()]],
  ['text, then body', async (request) => [await read(request), request.body?.locked, request.bodyUsed]],
  ['body, then text', async (request) => [request.body?.locked, await read(request)]],
  ['a clone', async (request) => [await request.clone().text(), await read(request)]],
  [
    'a clone with a header more',
    (request) => {
      request.headers.set('x-more', 'm')
      return request.clone().headers.get('x-more')
    },
  ],
  ['a clone after reading', async (request) => [await read(request), request.clone()]],
]
const requests = Object.entries({ get, post, bad, form, principal })

describe('a lazy request', () => {
  it.each(
    requests.flatMap(([name, http]) => questions.map(([what, question]) => ({ name, what, http, question }))),
  )('answers as that of the library: $name, $what', async ({ http, question }) => {
    expect(canBeLazy(http)).toBe(true)
    expect(await ask(question, new LazyRequest(http))).toEqual(await ask(question, new Library(http)))
  })

  it.each<[string, HttpData]>([
    ['GET with a body', { ...get, body: { bytes: Buffer.from('x') } }],
    ['TRACE', { ...get, method: 'TRACE' }],
    ['a method of its own', { ...get, method: 'PURGE' }],
    ['a user in the URL', { ...get, url: 'http://a:b@localhost/' }],
    ['a header beyond ASCII', { ...get, headers: { a: '你' } }],
  ])('is left to the library: %s', (_case, http) => {
    expect(canBeLazy(http)).toBe(false)
  })
})
