import { describe, expect, it } from '@jest/globals'

import { checkConnection, connectBlobs, connectQueues, connectTable } from './connections.ts'

describe('a connection by identity', () => {
  it('is the public endpoints of an account, by its name', async () => {
    const settings = { AzureWebJobsStorage__accountName: 'films' }

    const [blobs, queues, table] = await Promise.all([
      connectBlobs(settings, 'AzureWebJobsStorage'),
      connectQueues(settings, 'AzureWebJobsStorage'),
      connectTable(settings, 'AzureWebJobsStorage', 'rows'),
    ])

    expect([blobs, queues, table].map(({ url }) => url.replace(/\/$/, ''))).toEqual([
      'https://films.blob.core.windows.net',
      'https://films.queue.core.windows.net',
      'https://films.table.core.windows.net',
    ])
  })

  it('is the endpoint of each service, where it is set, with the prefix of the platform or without', async () => {
    const settings = {
      AzureWebJobsMedia__blobServiceUri: 'https://127.0.0.1:10000/films',
      AzureWebJobsMedia__credential: 'managedidentity',
    }

    expect((await connectBlobs(settings, 'Media')).accountName).toBe('films')
    expect(() => checkConnection(settings, 'Media', 'queue')).toThrow(
      'set Media to a connection string, or Media__queueServiceUri.',
    )
  })

  it.each([
    ['credential', 'workloadidentity', 'has the credential "workloadidentity", which is not built here'],
    ['clientSecret', 'secret', 'has Media__clientSecret, which is not built here'],
  ])('says at start that %s=%s is not built, without its value where that is secret', (part, value, text) => {
    const settings = { Media__accountName: 'films', [`Media__${part}`]: value }

    expect(() => checkConnection(settings, 'Media', 'blob')).toThrow(text)
    expect(() => checkConnection(settings, 'Media', 'blob')).not.toThrow('=secret')
  })
})
