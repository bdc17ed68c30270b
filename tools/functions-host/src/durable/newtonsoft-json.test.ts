import { describe, expect, it } from '@jest/globals'
import { JsonTextError, readJsonText } from './newtonsoft-json.ts'

describe('readJsonText', () => {
  it.each([
    ['{"a":1}', '{"a":1}'],
    [' { "b" : 1.0 , "a" : 1e2 } ', '{"b":1.0,"a":100.0}'],
    [' { "a" : [ 1 , 2.0 ] } ', '{"a":[1,2.0]}'],
    ["{'a':1}", '{"a":1}'],
    [`{a:'it"s'}`, '{"a":"it\\"s"}'],
    [`'it\\'s \\\\'`, '"it\'s \\\\"'],
    ['/* c */ 1', '1'],
    ['[1,2,]', '[1,2]'],
    ['9007199254740993', '9007199254740993'],
    ['1e300', '1E+300'],
    ['0.00001', '1E-05'],
    ['-0.0', '-0.0'],
    ['NaN', '"NaN"'],
    ['undefined', 'null'],
    ['"2020-01-02T03:04:05.000+02:00"', '"2020-01-02T03:04:05.000+02:00"'],
    ['"\\u00f6\\n"', '"ö\\n"'],
  ])('reads %s', (source, text) => {
    expect(readJsonText(source)).toEqual({ text, followedAt: undefined })
  })

  it('reads the first of two values, and says where the second one stands', () => {
    expect(readJsonText('1 2')).toEqual({ text: '1', followedAt: 2 })
  })

  it.each([
    ['{"a":', "Unexpected end of content while loading JObject. Path 'a', line 1, position 5.", true],
    ['{"a":[1', 'Unexpected end of content while loading', true],
    ['word', "Unexpected character encountered while parsing value: w. Path '', line 0, position 0.", false],
    ['', "Error reading JToken from JsonReader. Path '', line 0, position 0.", true],
    [
      '{"a" 1}',
      "Invalid character after parsing property name. Expected ':' but got: 1. Path 'a', line 1, position 5.",
      false,
    ],
    [
      '[1 2]',
      "After parsing a value an unexpected character was encountered: 2. Path '', line 1, position 3.",
      false,
    ],
    ['"\\u00"', 'Bad JSON escape sequence', false],
    ['"open', 'Unexpected end of content', true],
  ])('refuses %s', (source, message, isCutOff) => {
    let error: unknown
    try {
      readJsonText(source)
    } catch (thrown) {
      error = thrown
    }
    expect(error).toBeInstanceOf(JsonTextError)
    expect(error).toMatchObject({ message: expect.stringContaining(message), isCutOff })
  })
})
