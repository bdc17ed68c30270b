import { HttpResponse } from '@azure/functions'
import { describe, expect, it } from '@jest/globals'

import { isHttpResponse, readHttpResponse } from './http-response.ts'

describe('a response object', () => {
  it('is read as it is', async () => {
    const response = new HttpResponse({ status: 418, headers: { B: '1', a: '2' }, body: 'hällo' })
    expect(isHttpResponse(response)).toBe(true)
    expect(await readHttpResponse(response)).toEqual({
      statusCode: '418',
      headers: { a: '2', b: '1', 'content-type': 'text/plain;charset=UTF-8' },
      body: { bytes: new Uint8Array(Buffer.from('hällo')) },
    })
  })

  it('cannot be read twice', async () => {
    const response = new HttpResponse({ body: 'x' })
    await response.text()
    await expect(readHttpResponse(response)).rejects.toThrow('Body is unusable')
  })

  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['a text', 'x'],
    ['an object without a class', Object.create(null)],
    ['a response of fetch', new Response('x')],
    ['cookies', new HttpResponse({ cookies: [{ name: 'a', value: 'b' }] })],
    ['content negotiation', new HttpResponse({ enableContentNegotiation: true })],
  ])('is left to the library: %s', (_case, returned) => {
    expect(isHttpResponse(returned)).toBe(false)
  })
})
