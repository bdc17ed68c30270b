import { describe, expect, it } from '@jest/globals'

import { parseBlobPathPattern } from './blob-path-pattern.ts'

const parse = (path: string): ReturnType<typeof parseBlobPathPattern> =>
  parseBlobPathPattern(path, 'Function "f"')

describe('a blob path', () => {
  // The first nine: the published cases of the WebJobs SDK.
  it.each([
    ['container', 'item', {}],
    ['container/blob', 'blob', {}],
    ['container/{name}.csv', 'foo.csv', { name: 'foo' }],
    ['container/{name}', 'foo.csv', { name: 'foo.csv' }],
    ['container/{name}.csv', 'foo.alpha.csv', { name: 'foo.alpha' }],
    ['container/{a}.{b}', 'foo.alpha.beta.csv', { a: 'foo.alpha.beta', b: 'csv' }],
    ['daas-test-input/{name}.txt', 'bob.txtoutput', undefined],
    ['container/{name}-{date}.csv', 'foo-Jan1st.csv', { name: 'foo', date: 'Jan1st' }],
    ['container/dir/subdir/{name}.csv', 'dir/subdir/other.csv', { name: 'other' }],
    ['container', 'a/b/c.png', {}],
    ['container/{name}', 'a/b/c.png', { name: 'a/b/c.png' }],
    ['container/{folder}/{name}.{ext}', 'a/b/c.d.png', { folder: 'a/b', name: 'c.d', ext: 'png' }],
    ['container/{folder}/{name}', 'c.png', undefined],
    ['container/{name}.PNG', 'a.png', undefined],
    ['container/{name}', '', { name: '' }],
    ['container/{{20140101}}-{name}', '{20140101}-soundfile.mp3', { name: 'soundfile.mp3' }],
    ['container/{{{parameter}}}', '{x}', { parameter: 'x' }],
    ['container/{{x}}', '{x}', {}],
    ['container/a.b+c', 'aXb+c', undefined],
    ['container/a.b+c', 'a.b+c', {}],
    ['Container/Blob', 'blob', undefined],
  ])('%s, with the blob %s, gives %j', (path, blobName, expected) => {
    expect(parse(path).match(blobName)).toEqual(expected)
  })

  it('tells its container, in lower case, and its parameters', () => {
    expect(parse('Container/{name}-{date}.csv')).toMatchObject({
      container: 'container',
      parameterNames: ['name', 'date'],
    })
  })

  it.each([
    ['', 'must have the form'],
    ['/', 'must have the form'],
    ['container/', 'must have the form'],
    ['/blob', 'must have the form'],
    ['container\\blob', 'must have the form'],
    ['container{resolve}/blob', 'without {parameters}'],
    ['$logs/{name}', 'trigger nothing'],
    ['a_b/{name}', 'no account can have'],
    ['ab', 'no account can have'],
    ['container/malformed-{path', 'opening brace without a closing one'],
    ['container/malformed}-path', 'closing brace without an opening one'],
    ['container/}{param}{-path', 'closing brace without an opening one'],
    ['container/{a{nested}param}', 'opening brace without a closing one'],
    ['container/{}-path', 'no name: "{}"'],
    ['container/{malformed-param}-path', 'no name: "{malformed-param}"'],
    ['container/a\\b', 'backslash'],
    ['container/a.', 'ends with a dot'],
  ])('%j is refused, with the reason', (path, reason) => {
    expect(() => parse(path)).toThrow(`Function "f": the path "${path}" of its blobTrigger`)
    expect(() => parse(path)).toThrow(reason)
  })
})
