import { describe, expect, it } from '@jest/globals'
import type { TaskInput } from '@zoetrope/contracts'
import fc from 'fast-check'

import { canonicalJson, contentKeyOf } from './content-key.ts'

const operation = { name: 'image.variants', version: '1' }
const source: TaskInput = {
  name: 'source',
  container: 'uploads',
  blob: 'ten_a/ast_a/upl_a',
  etag: '"0x1"',
  contentType: 'image/jpeg',
  sizeBytes: 10,
}

describe('the content key', () => {
  it('does not depend on the order of fields, nor on absent ones', () => {
    const json = fc.dictionary(fc.string(), fc.jsonValue())

    fc.assert(
      fc.property(json, (parameters) => {
        const reversed = Object.fromEntries(Object.entries(parameters).toReversed())
        const key = contentKeyOf([source], operation, parameters)

        expect(contentKeyOf([source], operation, { ...reversed, absent: undefined })).toBe(key)
        expect(key).toMatch(/^[0-9a-f]{64}$/)
      }),
    )
  })

  it('is another for other parameters, and for the same list in another order', () => {
    const value = fc.dictionary(fc.string(), fc.oneof(fc.integer(), fc.array(fc.integer())))

    fc.assert(
      fc.property(value, value, (one, other) => {
        const areSame = contentKeyOf([source], operation, one) === contentKeyOf([source], operation, other)

        expect(areSame).toBe(canonicalJson(one) === canonicalJson(other))
      }),
    )
    expect(contentKeyOf([source], operation, { list: [1, 2] })).not.toBe(
      contentKeyOf([source], operation, { list: [2, 1] }),
    )
  })

  it('goes by the fingerprint where there is one: where the bytes lie does not matter', () => {
    const read = { ...source, fingerprint: 'f'.repeat(64) }
    const elsewhere = { ...read, blob: 'ten_a/ast_b/upl_b', etag: '"0x9"' }

    expect(contentKeyOf([read], operation, {})).toBe(contentKeyOf([elsewhere], operation, {}))
    expect(contentKeyOf([source], operation, {})).not.toBe(
      contentKeyOf([{ ...source, etag: '"0x2"' }], operation, {}),
    )
  })

  it('is another for another version, another operation, and other roles of the inputs', () => {
    const keys = [
      contentKeyOf([source], operation, {}),
      contentKeyOf([source], { ...operation, version: '2' }, {}),
      contentKeyOf([source], { ...operation, name: 'image.probe' }, {}),
      contentKeyOf([{ ...source, name: 'video:720p' }], operation, {}),
      contentKeyOf([source, { ...source, name: 'audio' }], operation, {}),
      contentKeyOf([{ ...source, name: 'audio' }, source], operation, {}),
    ]

    expect(new Set(keys).size).toBe(keys.length)
  })
})
