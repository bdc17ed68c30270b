import { describe, expect, it } from '@jest/globals'

import { readAzuriteWrite } from './azurite-write.ts'

const account = '/devstoreaccount1'

describe('a write that Azurite acknowledged', () => {
  it.each([
    ['PUT', '/uploads/ten/ast/upl?sv=1&sig=x', 'PutBlob', 'ten/ast/upl'],
    ['PUT', '/uploads/ten/ast/upl?comp=blocklist', 'PutBlockList', 'ten/ast/upl'],
    ['PUT', '/uploads/a%20b/%C3%BC', 'PutBlob', 'a b/ü'],
  ])('%s %s commits a blob', (method, url, api, blob) => {
    expect(readAzuriteWrite({ method, url: account + url, status: 201 })).toEqual({
      kind: 'blobCommitted',
      api,
      container: 'uploads',
      blob,
    })
  })

  it.each([
    ['PUT', '/work/copy', 202],
    ['PUT', '/work/copy?comp=appendblock', 201],
    ['PUT', '/work/copy?comp=page', 201],
    ['PUT', '/work/copy?comp=metadata', 200],
    ['PUT', '/work/copy?comp=properties', 200],
  ])('%s %s with %i changes a blob', (method, url, status) => {
    expect(readAzuriteWrite({ method, url: account + url, status })).toEqual({
      kind: 'blobChanged',
      container: 'work',
      blob: 'copy',
    })
  })

  it('sends a message, after a delay where one was asked for', () => {
    const url = `${account}/job-starts/messages?visibilitytimeout=7`

    expect(readAzuriteWrite({ method: 'POST', url, status: 201 })).toEqual({
      kind: 'messageSent',
      queue: 'job-starts',
      delaySeconds: 7,
    })
  })

  it.each([
    ['PUT', '/uploads/a?comp=block&blockid=MQ==', 201],
    ['PUT', '/uploads/a?comp=lease', 201],
    ['PUT', '/uploads?restype=container', 201],
    ['PUT', '/job-starts', 201],
    ['PUT', '/uploads/a', 403],
    ['PUT', '/uploads/a?comp=metadata', 412],
    ['DELETE', '/uploads/a', 202],
    ['PUT', '/job-starts/messages/id?popreceipt=x', 204],
  ])('%s %s with %i is of no interest', (method, url, status) => {
    expect(readAzuriteWrite({ method, url: account + url, status })).toBeUndefined()
  })
})
