import { describe, expect, it } from '@jest/globals'

import type { Message } from './message-codec.ts'
import { decodeMessage, encodeMessage } from './message-codec.ts'
import type { TypedData } from './protocol.ts'

function roundTrip(message: Message): Message {
  const { kind, head, body } = encodeMessage(message)
  return decodeMessage({ kind, head: Buffer.from(head as string), body: Buffer.from((body ?? '') as string) })
}

function invoke(...data: TypedData[]): Message {
  const inputData = data.map((each, index) => ({ name: `input${index}`, data: each }))
  return {
    type: 'invoke',
    invocation: { invocationId: 'i', functionId: 'f', inputData, triggerMetadata: {} },
  }
}

function result(returnValue: TypedData | null): Message {
  return { type: 'result', invocationId: 'i', outcome: { ok: true, returnValue, outputData: [] } }
}

const request = {
  method: 'POST',
  url: 'http://h/ä',
  headers: { a: 'b' },
  query: {},
  params: { id: '\ud800' },
}

describe('a message between host and worker', () => {
  it.each<[string, Message]>([
    ['a request without a body', invoke({ http: request })],
    ['a request with bytes', invoke({ http: { ...request, body: { bytes: Buffer.from([0, 255, 1]) } } })],
    ['a text', invoke({ string: '"\n\u2028' })],
    ['bytes', invoke({ bytes: Uint8Array.of(1, 2) })],
    ['two inputs, one of them a request', invoke({ http: request }, { bytes: Uint8Array.of(1) })],
    ['a number that JSON has none for', invoke({ double: Number.NaN })],
    ['a list of bytes', invoke({ collectionBytes: { bytes: [Uint8Array.of(1)] } })],
    ['no value', result(null)],
    ['a response', result({ http: { statusCode: '200', headers: {} } })],
    ['a response with bytes', result({ http: { statusCode: '200', body: { bytes: Buffer.from('x') } } })],
    ['a cookie', result({ http: { cookies: [{ name: 'a', value: 'b', maxAge: { value: Infinity } }] } })],
    ['a failure', { type: 'result', invocationId: 'i', outcome: { ok: false, message: 'm', stack: 's' } }],
    ['the end', { type: 'terminate' }],
  ])('is the same on the other side: %s', (_case, message) => {
    expect(roundTrip(message)).toEqual(message)
  })

  it('brings a response of text as bytes', () => {
    expect(roundTrip(result({ http: { statusCode: '200', body: { string: 'ä' } } }))).toEqual(
      result({ http: { statusCode: '200', body: { bytes: Buffer.from('ä') } } }),
    )
  })

  it('keeps metadata of a message that comes with an HTTP request', () => {
    const message = invoke({ http: request })
    const withBytes = structuredClone(message) as Extract<Message, { type: 'invoke' }>
    withBytes.invocation.triggerMetadata = { a: { bytes: Uint8Array.of(7) } }
    expect(roundTrip(withBytes)).toEqual(withBytes)
  })
})
