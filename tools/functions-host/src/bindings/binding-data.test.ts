import { describe, expect, it } from '@jest/globals'

import { systemClock } from '../time/clock.ts'
import type { TriggerValues } from './binding-data.ts'
import { toBindingData } from './binding-data.ts'

function dataOf(values: TriggerValues): Record<string, unknown> {
  const { sys: _sys, ...data } = Object.fromEntries(
    toBindingData(values, { functionName: 'fn', clock: systemClock })(),
  )
  return data
}

describe('what expressions can name', () => {
  it('is the metadata of the trigger and the top level of a JSON object, lists and null apart', () => {
    const data = dataOf({
      data: { string: '{"Id":"a","n":1,"data":{"url":"u"},"list":[1],"none":null}' },
      triggerMetadata: {
        Id: { string: 'message' },
        DequeueCount: { int: 2 },
        Properties: { json: '{"a":1}' },
      },
    })
    expect(data).toEqual({
      id: 'a',
      n: 1,
      data: { url: 'u' },
      dequeuecount: 2,
      properties: { a: 1 },
    })
  })

  it('is of an HTTP request its JSON body, query, route, headers, the later before the earlier', () => {
    const data = dataOf({
      data: {
        http: {
          body: { bytes: Buffer.from('{"a":"body","b":"body","c":"body"}') },
          query: { b: 'query', c: 'query', code: 'secret' },
          params: { c: 'route' },
          headers: { 'x-h': 'header' },
        },
      },
    })
    expect(data).toEqual({
      a: 'body',
      b: 'query',
      c: 'route',
      query: { b: 'query', c: 'query', code: 'secret' },
      headers: { 'x-h': 'header' },
    })
  })

  it.each(['text', '{broken', '[1]', '', '"{}"'])('is nothing of %j', (string) => {
    expect(dataOf({ data: { string } })).toEqual({})
  })

  it('keeps all digits of a long number', () => {
    expect(dataOf({ data: { string: '{"id":12345678901234567890}' } })).toEqual({
      id: '12345678901234567890',
    })
  })
})
