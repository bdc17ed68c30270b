import { describe, expect, it } from '@jest/globals'

import { systemClock } from '../time/clock.ts'
import { TestClock } from '../testing/test-clock.ts'
import { compileTemplate } from './binding-expression.ts'
import { GuidValue, TimeValue, systemValues } from './built-in-values.ts'

const guid = '01234567-89ab-cdef-0123-456789abcdef'
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

function bind(text: string, values: Readonly<Record<string, unknown>> = {}): string {
  const entries = Object.entries({ sys: systemValues('fn', systemClock), ...values })
  const data = new Map(entries.map(([name, value]) => [name.toLowerCase(), value]))
  return compileTemplate(text).bind(() => data)
}

describe('a binding template', () => {
  it('tells the time of the host', () => {
    const clock = new TestClock('2026-03-04T05:06:07Z')
    const data = new Map([['sys', systemValues('fn', clock)]])
    const template = compileTemplate('{DateTime:yyyy-MM-dd}/{sys.UtcNow:HH}')
    expect(template.bind(() => data)).toBe('2026-03-04/05')
  })

  // The cases of the SDK's own tests of binding templates.
  it.each([
    [
      '{p1}-p2/{{2014}}/{d3}/folder/{name}.{ext}',
      { p1: 'container', d3: 'path/to', name: 'file.1', ext: 'txt' },
      'container-p2/{2014}/path/to/folder/file.1.txt',
    ],
    ['container', { name: 'value' }, 'container'],
    ['', {}, ''],
    ['container/{name}', { name: 'value' }, 'container/value'],
    ['{path}-with-{parameters}', { path: 'a', parameters: 'b' }, 'a-with-b'],
    ['{{{parameter}}}', { parameter: 'a' }, '{a}'],
    ['A/{B}/{c}', { b: 'TestB', C: 'TestC' }, 'A/TestB/TestC'],
    ['container/{a.b.c}', { a: { b: { c: 123 } } }, 'container/123'],
    ['container/{a.x-header}', { a: { 'x-header': 'header' } }, 'container/header'],
    ['container/{a.pRop}', { a: { prop: 'bar' } }, 'container/bar'],
    ['a{null}b', { null: null }, 'ab'],
    ['a{a.null}b', { a: { null: null } }, 'ab'],
    ['{g:N}', { g: new GuidValue(guid) }, '0123456789abcdef0123456789abcdef'],
    ['{g:D}', { g: new GuidValue(guid) }, guid],
    ['{g:}', { g: new GuidValue(guid) }, guid],
    ['{g:B}', { g: new GuidValue(guid) }, `{${guid}}`],
    ['{g:P}', { g: new GuidValue(guid) }, `(${guid})`],
    [
      '{g:X}',
      { g: new GuidValue(guid) },
      '{0x01234567,0x89ab,0xcdef,{0x01,0x23,0x45,0x67,0x89,0xab,0xcd,0xef}}',
    ],
    ['{dt:yyyyMMdd}', { dt: new TimeValue(new Date('2024-02-03T04:05:06Z')) }, '20240203'],
  ])('%s of %j is %s', (text, values, expected) => {
    expect(bind(text, values)).toBe(expected)
  })

  it.each([
    ['malformed-{path', "Invalid template 'malformed-{path'. Missing closing bracket at position 11."],
    ['malformed}-path', "Invalid template 'malformed}-path'. Missing opening bracket at position 10."],
    ['{}-path', "Invalid template '{}-path'. The parameter name at position 1 is empty."],
    [
      '{malformed-param}-path',
      "Invalid template '{malformed-param}-path'. The parameter name 'malformed-param' is invalid.",
    ],
    ['}{param}{-path', "Invalid template '}{param}{-path'. Missing opening bracket at position 1."],
    ['{a{nested}param}', "Invalid template '{a{nested}param}'. Missing closing bracket at position 1."],
    ['{1a}', "Invalid template '{1a}'. The parameter name '1a' is invalid."],
    ['{a..b}', "Invalid template '{a..b}'. The parameter name 'a..b' is invalid."],
  ])('%s cannot be read', (text, message) => {
    expect(() => compileTemplate(text)).toThrow(message)
  })

  it.each([
    ['container/{missing}', { name: 'value' }, "No value for named parameter 'missing'."],
    ['container/{a.missing}', { a: { b: 1 } }, "Error while accessing 'missing': property doesn't exist."],
    ['container/{a.missing}', { a: 'text' }, "Error while accessing 'missing': property doesn't exist."],
    ['{a.constructor}', { a: {} }, "Error while accessing 'constructor': property doesn't exist."],
    ['{rand-guid:Q}', {}, '"Q" is no format of a GUID.'],
    ['{datetime:Q}', {}, '"Q" is no format of a date.'],
  ])('%s of %j cannot be bound', (text, values, message) => {
    expect(() => bind(text, values)).toThrow(message)
  })

  it('has a new GUID at each place, in the formats asked for', () => {
    const [first, second] = bind('{rand-guid} {RAND-GUID:D}').split(' ')
    expect(first).toMatch(uuid)
    expect(second).toMatch(uuid)
    expect(first).not.toBe(second)
    expect(bind('{rand-guid:N}')).toMatch(/^[0-9a-f]{32}$/)
    expect(bind('{rand-guid:B}')).toMatch(/^\{[0-9a-f-]{36}\}$/)
    expect(bind('{sys.randguid}')).toMatch(uuid)
  })

  it('has the time, in UTC, unless the trigger gives one of that name', () => {
    expect(bind('{DateTime}')).toMatch(/^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ$/)
    expect(bind('{sys.utcnow:yyyy-MM-dd HH:mm}')).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d$/)
    expect(bind('{datetime:yyyy.MM}')).toMatch(/^\d{4}\.\d\d$/)
    expect(bind('{datetime}', { datetime: 'mine' })).toBe('mine')
  })

  it('knows the name of its function', () => {
    expect(bind('{sys.MethodName}')).toBe('fn')
    expect(bind('{sys}', { sys: 'mine' })).toBe('mine')
  })

  it('names what it needs of a trigger', () => {
    expect(compileTemplate('{A}/{b.c}/{rand-guid}/{sys.utcnow}/{datetime:HH}').parameterNames).toEqual([
      'a',
      'b',
    ])
  })
})
