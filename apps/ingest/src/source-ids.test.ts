import { describe, expect, it } from '@jest/globals'
import { mintId, withPrefix } from '@zoetrope/contracts'

import { sourceIdsOf, subjectOf } from './source-ids.ts'

const tenantId = mintId('ten')

describe('the ids of a source', () => {
  it('are those of its upload', () => {
    const uploadId = mintId('upl')
    const assetId = withPrefix('ast', uploadId)

    expect(sourceIdsOf(`${tenantId}/${assetId}/${uploadId}`, '"1"')).toEqual({ tenantId, assetId, uploadId })
  })

  it('derive from name and etag for a file that a tool dropped', () => {
    const first = sourceIdsOf(`${tenantId}/films/a.mp4`, '"1"')

    expect(sourceIdsOf(`${tenantId}/films/a.mp4`, '"1"')).toEqual(first)
    expect(sourceIdsOf(`${tenantId}/films/a.mp4`, '"2"')?.assetId).not.toBe(first?.assetId)
  })

  it('are never those of another upload', () => {
    const path = `${tenantId}/${mintId('ast')}/${mintId('upl')}`

    expect(path).not.toContain(sourceIdsOf(path, '"1"')?.assetId ?? 'nothing')
  })

  it('are none outside of a tenant', () => {
    expect(sourceIdsOf('somewhere/else.mp4', '"1"')).toBeUndefined()
  })

  it('are found by the subject of an event', () => {
    expect(subjectOf('/blobServices/default/containers/uploads/blobs/a/b c')).toEqual({
      container: 'uploads',
      blob: 'a/b c',
    })
    expect(subjectOf('/else')).toBeUndefined()
  })
})
