import { describe, expect, it } from '@jest/globals'

import { decodeBody } from '../../queue-listener/decode-body.ts'
import { toTriggerData, toTriggerMetadata } from './queue-message.ts'

const item = {
  messageId: '8f0b4a3c',
  popReceipt: 'AgAAAAMAAAAA',
  dequeueCount: 2,
  messageText: '',
  insertedOn: new Date('2026-01-02T03:04:05Z'),
  expiresOn: new Date('9999-12-31T23:59:59Z'),
  nextVisibleOn: new Date('2026-01-02T03:14:05Z'),
}

const base64 = (text: string): string => Buffer.from(text).toString('base64')

describe('the body of a message', () => {
  it.each([
    ['base64', base64('abc'), 'abc'],
    ['base64', base64('grüße 🎬'), 'grüße 🎬'],
    ['base64', ` ${base64('abcde').slice(0, 4)}\r\n${base64('abcde').slice(4)} `, 'abcde'],
    ['base64', '', ''],
    ['none', 'abc', 'abc'],
    ['none', 'YWJj', 'YWJj'],
    ['none', '', ''],
  ] as const)('in %s, %p is %p', (encoding, text, expected) => {
    expect(decodeBody(text, encoding)?.toString()).toBe(expected)
  })

  it.each(['{"a":1}', 'abc', 'YWJ', 'YW=j', 'YWJj=', '====', 'YWJj-_==', 'ä'])('%p is not base64', (text) => {
    expect(decodeBody(text, 'base64')).toBeUndefined()
  })

  it('that is not UTF-8 is for binary triggers alone', () => {
    const body = Buffer.from([0xff, 0x00])
    expect(() => toTriggerData(body, undefined)).toThrow('dataType: "binary"')
    expect(toTriggerData(body, 'Binary')).toEqual({ bytes: body })
    expect(toTriggerMetadata(item, body, { bytes: body })).not.toHaveProperty('QueueTrigger')
  })
})

describe('the metadata of a message', () => {
  const metadataOf = (text: string): Record<string, unknown> =>
    toTriggerMetadata(item, Buffer.from(text), { string: text })

  it('has its own fields, times as .NET writes them', () => {
    expect(metadataOf('hello')).toEqual({
      QueueTrigger: { string: 'hello' },
      DequeueCount: { int: 2 },
      ExpirationTime: { json: '"9999-12-31T23:59:59+00:00"' },
      Id: { string: '8f0b4a3c' },
      InsertionTime: { json: '"2026-01-02T03:04:05+00:00"' },
      NextVisibleTime: { json: '"2026-01-02T03:14:05+00:00"' },
      PopReceipt: { string: 'AgAAAAMAAAAA' },
    })
  })

  it.each([
    ['{"name":"a"}', { name: { string: 'a' } }],
    [
      '{"count":5,"ratio":1.5,"yes":true,"no":false}',
      {
        count: { string: '5' },
        ratio: { string: '1.5' },
        yes: { string: 'True' },
        no: { string: 'False' },
      },
    ],
    [' {"data":{"url":"u"}}', { data: { json: '{"url":"u"}' } }],
    ['{"nothing":null,"list":[1]}', {}],
    // The field of the body stands above that of the message, under the name of the latter.
    ['{"id":"mine"}', { Id: { string: 'mine' } }],
    ['[{"name":"a"}]', {}],
    ['{"name":', {}],
    ['5', {}],
  ])('of %s has %p besides', (text, expected) => {
    const plain = metadataOf('')
    expect(metadataOf(text)).toEqual({ ...plain, QueueTrigger: { string: text }, ...expected })
  })
})
