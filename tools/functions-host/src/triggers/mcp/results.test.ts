import { describe, expect, it } from '@jest/globals'

import { toPromptResult } from './prompt-result.ts'
import { toResourceResult } from './resource-result.ts'
import { toToolResult } from './tool-result.ts'

const envelope = (type: string, content: unknown, more: object = {}): { string: string } => ({
  string: JSON.stringify({
    type,
    content: typeof content === 'string' ? content : JSON.stringify(content),
    ...more,
  }),
})
const [text, image] = [
  { type: 'text', text: 'hello' },
  { type: 'image', data: 'AQID', mimeType: 'image/png' },
]

describe('the result of a tool', () => {
  it.each([
    ['one block', envelope('text', text), { content: [text] }],
    ['several blocks', envelope('multi_content_result', [text, image]), { content: [text, image] }],
    [
      'structured content',
      envelope('text', text, { structuredContent: '{"a":1}' }),
      { content: [text], structuredContent: { a: 1 } },
    ],
    [
      'names in capitals',
      { string: JSON.stringify({ Type: 'text', Content: JSON.stringify(text) }) },
      { content: [text] },
    ],
    ['nothing', undefined, { content: [] }],
  ])('of %s', (_case, returned, expected) => {
    expect(toToolResult(returned, true)).toEqual(expected)
  })

  it.each([
    ['text that is no envelope', { string: 'not-json' }],
    ['content that is no JSON', envelope('text', '{invalid-json}')],
    ['content that is null', envelope('text', 'null')],
    ['an empty list', envelope('multi_content_result', [])],
    ['an envelope without content', { string: '{"type":"text"}' }],
  ])('is none: %s', (_case, returned) => {
    expect(() => toToolResult(returned, true)).toThrow(/no tool result|has no content/)
  })

  it.each([
    [{ string: 'x' }, 'x'],
    [{ int: 5 }, '5'],
    [{ json: '{"a":1}' }, '{"a":1}'],
    [{ bytes: Buffer.from('ü') }, 'ü'],
  ])('of a worker that puts nothing into envelopes is text: %j', (returned, expected) => {
    expect(toToolResult(returned, false)).toEqual({ content: [{ type: 'text', text: expected }] })
  })
})

describe('the result of a prompt', () => {
  const message = (role: string): object => ({ role, content: text })
  it.each([
    [
      'text',
      { string: 'not a json { string' },
      { messages: [{ role: 'user', content: { type: 'text', text: 'not a json { string' } }] },
    ],
    ['empty text', { string: '' }, { messages: [{ role: 'user', content: { type: 'text', text: '' } }] }],
    ['nothing', null, { messages: [] }],
    [
      'a whole result',
      { string: JSON.stringify({ messages: [message('assistant')] }) },
      { messages: [message('assistant')] },
    ],
    ['a description alone', { string: '{"description":"d"}' }, { description: 'd', messages: [] }],
    [
      'a wrapped result',
      envelope('get_prompt_result', { description: 'd', messages: [message('user')] }),
      { description: 'd', messages: [message('user')] },
    ],
    [
      'wrapped messages',
      envelope('prompt_messages', [message('user'), message('assistant')]),
      { messages: [message('user'), message('assistant')] },
    ],
  ])('of %s', (_case, returned, expected) => {
    expect(toPromptResult(returned)).toEqual(expected)
  })

  it('of an unknown kind is none', () => {
    expect(() => toPromptResult(envelope('unknown_type', {}))).toThrow('"unknown_type"')
  })
})

describe('the contents of a resource', () => {
  const place = { uri: 'a://b', mimeType: 'text/plain' }
  it.each([
    ['text', { string: 'x' }, [{ ...place, text: 'x' }]],
    ['bytes', { bytes: Buffer.from([1, 2, 3]) }, [{ ...place, blob: 'AQID' }]],
    ['nothing', undefined, []],
    [
      'a whole result',
      { json: JSON.stringify({ contents: [{ uri: 'c://d', text: 'y' }] }) },
      [{ uri: 'c://d', text: 'y' }],
    ],
    ['an envelope', envelope('text_resource', { uri: '', text: '' }), [{ ...place, text: '' }]],
    [
      'an envelope with a place of its own',
      envelope('blob_resource', { uri: 'c://d', mimeType: 'image/png', blob: 'AQ==' }),
      [{ uri: 'c://d', mimeType: 'image/png', blob: 'AQ==' }],
    ],
    [
      'an envelope of nothing',
      envelope('text', 'null'),
      [{ ...place, text: '{"type":"text","content":"null"}' }],
    ],
  ])('of %s', (_case, returned, contents) => {
    expect(toResourceResult(returned, place)).toEqual({ contents })
  })
})
