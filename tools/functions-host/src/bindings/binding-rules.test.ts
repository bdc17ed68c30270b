import { describe, expect, it } from '@jest/globals'

import { compileTemplate } from './binding-expression.ts'
import { toBlobBytes } from './blob-output.ts'
import { toQuery } from './cosmos-input.ts'
import { toEventGridPayload } from './event-grid-event.ts'
import { toElements, toObjects } from './output-elements.ts'
import { toRowJson, toTableRow } from './table-entity.ts'
import { bindFilter } from './table-input.ts'
import { toBatches } from './table-output.ts'

const data = (values: Readonly<Record<string, unknown>>) => (): ReadonlyMap<string, unknown> =>
  new Map(Object.entries(values))

describe('the elements of an output', () => {
  it.each([
    [{ string: 'text' }, ['text']],
    [{ string: '{"a":1}' }, ['{"a":1}']],
    [{ string: ' ["a",{"b":1}] ' }, ['a', { b: 1 }]],
    [{ string: '[not JSON]' }, ['[not JSON]']],
    [{ json: '["a",1,true]' }, ['a', 1, true]],
    [{ json: '{"a":1}' }, [{ a: 1 }]],
    [{ int: 5 }, [5]],
    [{ double: 1.5 }, [1.5]],
    [{ bytes: Buffer.from('[1]') }, [Buffer.from('[1]')]],
  ])('%j', (given, expected) => {
    expect(toElements(given)).toEqual(expected)
  })

  it('that takes objects parses text and refuses the rest', () => {
    expect(toObjects({ string: '{"a":1}' }, 'output')).toEqual([{ a: 1 }])
    for (const given of [{ string: 'text' }, { json: '[[1]]' }, { int: 1 }, { json: '[null]' }])
      expect(() => toObjects(given, 'output "x"')).toThrow('The output "x" takes objects')
  })
})

describe('the content of a blob', () => {
  it.each([
    [{ string: 'ü' }, [0xc3, 0xbc]],
    [{ bytes: Buffer.from([0, 255]) }, [0, 255]],
    [{ json: '{"a":1}' }, [...Buffer.from('{"a":1}')]],
    [{ json: 'true' }, [1]],
    [{ int: -2 }, [254, 255, 255, 255]],
    [{ double: 0.5 }, [0, 0, 0, 0, 0, 0, 224, 63]],
  ])('%j', (given, expected) => {
    expect([...toBlobBytes(given)]).toEqual(expected)
  })

  it('is no number that 4 bytes cannot hold', () => {
    expect(() => toBlobBytes({ int: 2 ** 31 })).toThrow('Give it as text')
  })
})

describe('a filter of rows', () => {
  it.each([
    ["Name eq '{x}'", { x: "a' or true or 'b" }, "Name eq 'a'' or true or ''b'"],
    ["'{x}' {y} '{x}'", { x: "it's", y: 5 }, "'it''s' 5 'it''s'"],
    ['Done eq {x}', { x: true }, 'Done eq true'],
  ])('%s of %j keeps a value a value', (filter, values, expected) => {
    expect(bindFilter(compileTemplate(filter), data(values))).toBe(expected)
  })

  it('takes no text outside quotes', () => {
    expect(() => bindFilter(compileTemplate('n eq {x}'), data({ x: '1 or true' }))).toThrow("'{x}'")
  })
})

describe('a query', () => {
  it('sends what its expressions stand for as parameters', () => {
    const query = compileTemplate('SELECT * FROM c WHERE c.id = {a.b-c} AND c.x = {x} AND c.y = {x}')
    expect(toQuery(query, data({ a: { 'b-c': "' OR 1" }, x: 'v' }))).toEqual({
      query: 'SELECT * FROM c WHERE c.id = @a_b_c AND c.x = @x AND c.y = @x',
      parameters: [
        { name: '@a_b_c', value: "' OR 1" },
        { name: '@x', value: 'v' },
      ],
    })
  })
})

describe('a row', () => {
  const keys = { partitionKey: 'p', rowKey: undefined }

  it('has keys of its own or of its binding, and types as Azure gives them', () => {
    const value = { ROWKEY: 1, s: 'x', i: 5, d: 1.5, b: true, o: { a: [1] }, n: null, Timestamp: 't' }
    expect(toTableRow(value, keys, 'output')).toEqual({
      entity: {
        partitionKey: 'p',
        rowKey: '1',
        s: 'x',
        i: { type: 'Int64', value: '5' },
        d: { type: 'Double', value: '1.5' },
        b: true,
        o: '{"a":[1]}',
      },
      etag: undefined,
    })
    expect(toTableRow({ rowKey: 'r', etag: '*' }, keys, 'output').etag).toBe('*')
    expect(() => toTableRow({}, keys, 'table output "x"')).toThrow('table output "x" has no RowKey')
  })

  it('is read without its version, all digits kept', () => {
    const row = {
      'odata.metadata': 'm',
      etag: 'e',
      timestamp: 't',
      partitionKey: 'p',
      rowKey: 'r',
      s: { type: 'String', value: 'x' },
      l: { type: 'Int64', value: '9007199254740993' },
      b: { type: 'Boolean', value: 'false' },
      d: { type: 'Double', value: 'NaN' },
      t: { type: 'DateTime', value: '2024-02-03T04:05:00Z' },
      u: { type: 'DateTime', value: '2024-02-03T04:05:06.1200000Z' },
      v: { type: 'DateTime', value: '2024-02-03T04:05:06.000Z' },
    }
    expect(toRowJson(row)).toBe(
      '{"PartitionKey":"p","RowKey":"r","s":"x","l":9007199254740993,"b":false,"d":"NaN","t":"2024-02-03T04:05:00+00:00","u":"2024-02-03T04:05:06.12+00:00","v":"2024-02-03T04:05:06+00:00"}',
    )
  })

  it('goes with others of its partition, at most 100, each once', () => {
    const row = (partitionKey: string, rowKey: string) => ({
      entity: { partitionKey, rowKey },
      etag: undefined,
    })
    const many = Array.from({ length: 101 }, (_row, n) => row('many', `${n}`))
    const batches = toBatches([row('a', '1'), row('b', '1'), row('a', '2'), row('a', '1'), ...many])
    expect(batches.map((batch) => batch.map(({ entity }) => entity.rowKey).join())).toEqual([
      '1,2',
      '1',
      '1',
      many
        .slice(0, 100)
        .map(({ entity }) => entity.rowKey)
        .join(),
      '100',
    ])
  })
})

describe('events', () => {
  it("of Event Grid's schema are completed", () => {
    const { contentType, events } = toEventGridPayload([{ subject: 's', eventType: 't', data: 1 }], 'output')
    expect(contentType).toBe('application/json')
    expect(events).toEqual([
      {
        id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        eventTime: expect.stringMatching(/^\d{4}-.*Z$/),
        dataVersion: '1.0',
        subject: 's',
        eventType: 't',
        data: 1,
      },
    ])
  })

  it('of the CloudEvents schema are told by the first one', () => {
    const event = { specversion: '1.0', id: 'i', source: 's', type: 't', time: '2024-01-01T00:00:00Z' }
    expect(toEventGridPayload([event], 'output')).toEqual({
      contentType: 'application/cloudevents-batch+json; charset=utf-8',
      events: [event],
    })
  })

  it('that lack what nobody can fill in are named', () => {
    expect(() => toEventGridPayload([{ subject: 's' }], 'eventGrid output "x"')).toThrow(
      'An event of the eventGrid output "x" has no "eventType"',
    )
  })
})
