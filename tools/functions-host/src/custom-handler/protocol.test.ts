import { describe, expect, it } from '@jest/globals'

import type { FunctionMetadata, TypedData } from '../worker/protocol.ts'
import { parseAnswer, toOutcome } from './outcome.ts'
import { toPayload } from './payload.ts'

const payloadOf = (
  data: TypedData,
  triggerMetadata: Record<string, TypedData> = {},
): ReturnType<typeof toPayload> =>
  toPayload({ invocationId: 'i', functionId: 'f', inputData: [{ name: 'in', data }], triggerMetadata }, 'f')

describe('what a custom handler is sent', () => {
  it.each([
    ['text, in quotes', { string: 'a "b"' }, '"a \\"b\\""'],
    ['a number, as text', { int: 5 }, '5'],
    ['an object, as it is', { json: '{"a":[1]}' }, { a: [1] }],
    ['a list, as text', { json: '[1,2]' }, '[1,2]'],
    ['bytes, as base64', { bytes: Buffer.from([1, 2, 3]) }, 'AQID'],
    ['nothing', {}, 'null'],
  ])('has %s', (_case, data, expected) => {
    expect(payloadOf(data).Data).toEqual({ in: expected })
  })

  it('has metadata, without the trigger that is among the data already', () => {
    const { Metadata } = payloadOf(
      { string: 'x' },
      { QueueTrigger: { string: 'x' }, DequeueCount: { int: 1 } },
    )
    expect(Metadata).toEqual({
      DequeueCount: '1',
      sys: { MethodName: 'f', UtcNow: expect.any(String), RandGuid: expect.any(String) },
    })
  })

  it('has a request with the names of its headers in capitals, and a body that is no text as base64', () => {
    const http = {
      url: 'http://a/b?c=d',
      method: 'PUT',
      headers: { 'content-type': 'application/octet-stream', 'x-test-id': '1' },
      query: { c: 'd' },
      params: { id: '7' },
      body: { bytes: Buffer.from([1, 2, 3]) },
    }
    const headers = { 'Content-Type': ['application/octet-stream'], 'X-Test-Id': ['1'] }
    const { Data, Metadata } = payloadOf({ http })
    expect(Data['in']).toEqual({
      Url: 'http://a/b?c=d',
      Method: 'PUT',
      Query: { c: 'd' },
      Headers: headers,
      Params: { id: '7' },
      Identities: [],
      Body: 'AQID',
    })
    expect(Metadata).toMatchObject({ id: '7', Query: { c: 'd' }, Headers: headers })
  })
})

const out = (type: string, name: string, more: object = {}): FunctionMetadata['bindings'][number] => ({
  type,
  name,
  direction: 'out',
  ...more,
})
const outcomeOf = (bindings: FunctionMetadata['bindings'], answer: object): ReturnType<typeof toOutcome> =>
  toOutcome({ name: 'f', id: 'f', bindings }, parseAnswer(JSON.stringify(answer)))

describe('what a custom handler answers', () => {
  it.each([
    ['no JSON', 'it worked', /is no JSON: it worked/],
    ['a list', '[]', /must be an object with Outputs/],
  ])('is refused when it is %s', (_case, text, message) => {
    expect(() => parseAnswer(text)).toThrow(message)
  })

  it('may have its names in any case, and logs that are no list', () => {
    expect(parseAnswer('{"outputs":{"a":1},"LOGS":"x","returnvalue":2}')).toEqual({
      outputs: { a: 1 },
      logs: ['x'],
      returnValue: 2,
    })
  })

  it('goes to its bindings: text and JSON to queues, base64 to blobs, what nobody declared to none', () => {
    const bindings = [
      out('queue', 'text'),
      out('queue', 'list'),
      out('blob', 'blob'),
      out('queue', '$return'),
    ]
    const Outputs = { text: 'abcd', list: [1, 2], blob: 'AQID', other: 'x' }
    expect(outcomeOf(bindings, { Outputs, ReturnValue: { a: 1 } })).toEqual({
      ok: true,
      returnValue: { json: '{"a":1}' },
      outputData: [
        { name: 'text', data: { string: 'abcd' } },
        { name: 'list', data: { json: '[1,2]' } },
        { name: 'blob', data: { bytes: Buffer.from([1, 2, 3]) } },
      ],
    })
  })

  it.each([
    [
      'a whole response',
      { statusCode: 202, body: 'x', headers: { 'X-A': ['1', '2'] } },
      '202',
      'x',
      { 'X-A': '1, 2', 'content-type': 'text/plain; charset=utf-8' },
    ],
    ['a status of the older name, as text', { Status: '404' }, '404', undefined, {}],
    [
      'a body that is an object',
      { body: { a: 1 } },
      '200',
      '{"a":1}',
      { 'content-type': 'application/json; charset=utf-8' },
    ],
    [
      'a body with a type of its own',
      { body: '<p>', headers: { 'Content-Type': 'text/html' } },
      '200',
      '<p>',
      { 'Content-Type': 'text/html' },
    ],
    ['text alone', 'hello', '200', 'hello', { 'content-type': 'text/plain; charset=utf-8' }],
    ['another object', { a: 1 }, '200', '{"a":1}', { 'content-type': 'application/json; charset=utf-8' }],
  ])('is an HTTP response: %s', (_case, value, statusCode, body, headers) => {
    const http = { statusCode, headers, ...(body === undefined ? {} : { body: { string: body } }) }
    expect(outcomeOf([out('http', 'res')], { Outputs: { res: value } }).returnValue).toEqual({ http })
    expect(outcomeOf([out('http', '$return')], { ReturnValue: value }).returnValue).toEqual({ http })
  })

  it('without an HTTP response is 204', () => {
    expect(outcomeOf([out('http', 'res')], { Outputs: {} }).returnValue).toBeNull()
  })
})
