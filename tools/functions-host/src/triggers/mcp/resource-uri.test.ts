import { describe, expect, it } from '@jest/globals'

import { compileTemplate, isTemplate } from './resource-uri.ts'

const valuesOf = (template: string, uri: string): unknown => compileTemplate(template, 'Function "f"')(uri)

describe('a resource template', () => {
  it.each([
    ['test://resource/{id}', true],
    ['test://users/{userId}/posts/{postId}', true],
    ['test://resource/1', false],
    ['test://resource/{}', false],
  ])('is told from a fixed URI: %s', (uri, expected) => {
    expect(isTemplate(uri)).toBe(expected)
  })

  it.each([
    [
      'test://users/{userId}/posts/{postId}',
      'test://users/john/posts/hello-world',
      { userId: 'john', postId: 'hello-world' },
    ],
    ['test://Users/{userId}', 'TEST://USERS/John', { userId: 'John' }],
    ['test://resource.name/{id}?query=true', 'test://resource.name/123?query=true', { id: '123' }],
    ['test://search?q={query}&lang={lang}', 'test://search?q=hello&lang=en', { query: 'hello', lang: 'en' }],
    [
      'test://items/{category}items{tag}',
      'test://items/booksitemsfiction',
      { category: 'books', tag: 'fiction' },
    ],
    ['test://files/{filename}', 'test://files/my-file_v2.0.txt', { filename: 'my-file_v2.0.txt' }],
    ['test://search/{query}', 'test://search/hello%20world', { query: 'hello%20world' }],
    ['test://items/{user-id}', 'test://items/123', { 'user-id': '123' }],
  ])('%s takes %s', (template, uri, values) => {
    expect(valuesOf(template, uri)).toEqual(values)
  })

  it.each([
    ['test://resource/{id}', 'test://other/123'],
    ['test://users/{userId}/posts/{postId}', 'test://users/123'],
    ['test://resource.name/{id}', 'test://resourceXname/123'],
    ['test://items/{id}', 'test://items/123/extra'],
    ['test://items/{id}', 'test://items/'],
  ])('%s does not take %s', (template, uri) => {
    expect(valuesOf(template, uri)).toBeUndefined()
  })

  it.each([
    ['test://resource/{id', 'unbalanced'],
    ['test://resource/{id}/{', 'unbalanced'],
    ['test://items/{id}/{}', 'empty braces'],
    ['test://items/{id}/sub/{id}', 'two parameters of one name'],
    ['test://items/{user-id}/posts/{user.id}', 'two parameters of one name'],
    ['test://items/{a}{b}', 'separated'],
    ['test://items/{bad/name}', '"bad/name"'],
    ['test://items/{%7Bbad%7D}', '"%7Bbad%7D"'],
    ['test://items/{ }', '" "'],
  ])('%s stops the host, with a message that says what to mend', (template, message) => {
    expect(() => valuesOf(template, '')).toThrow(message)
    expect(() => valuesOf(template, '')).toThrow('Function "f"')
  })
})
