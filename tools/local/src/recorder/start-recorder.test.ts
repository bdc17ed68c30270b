import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'

import type { Recorder } from './start-recorder.ts'
import { startRecorder } from './start-recorder.ts'

const directory = mkdtempSync(join(tmpdir(), 'zoetrope-recorder-'))
const file = join(directory, 'made', 'seen.json')
let said: string[] = []
const server = createServer((request, response) => {
  response.statusCode = request.url?.includes('missing') ? 404 : 200
  request.resume().once('end', () => response.end())
})
let recorder: Recorder

beforeAll(async () => {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
})
beforeEach(async () => {
  said = []
  const { port } = server.address() as AddressInfo
  recorder = await startRecorder({
    apps: ['one', 'other'],
    portOf: () => port,
    file,
    say: (text) => said.push(text),
  })
})
afterEach(() => recorder.close())
afterAll(() => {
  server.close()
  server.closeAllConnections()
  rmSync(directory, { recursive: true })
})

const signed = { authorization: 'SharedKey a:b' }

async function send(app: string, door: string, path: string, init: RequestInit = {}): Promise<void> {
  await fetch(`http://127.0.0.1:${recorder.portsOf(app).get(door)}${path}`, { headers: signed, ...init })
}

function seenOf(app: string): readonly string[] {
  const seen = JSON.parse(readFileSync(file, 'utf8')) as Record<string, readonly Record<string, unknown>[]>
  if (!seen[app]) throw new Error(`Nothing is written of ${app}`)
  return seen[app].map(({ account, resource, operation, statuses }) =>
    [account, resource, operation, JSON.stringify(statuses)].join(' '),
  )
}

describe('a recorder', () => {
  it('tells apps and accounts apart by the door, and counts answers', async () => {
    await send('one', 'blobs', '/a/uploads/x')
    await send('one', 'host-blobs', '/a/uploads/x')
    await send('other', 'replica', '/dbs/d/colls/jobs/docs/missing')
    await send('other', 'replica', '/dbs/d/colls/jobs/docs/x')
    await send('other', 'replica', '/dbs/d/colls/jobs/docs', {
      method: 'POST',
      headers: { ...signed, 'x-ms-cosmos-is-batch-request': 'True' },
      body: JSON.stringify([{ operationType: 'Create' }]),
    })

    expect(seenOf('other')).not.toEqual([])
    expect(seenOf('one')).toEqual([
      'host-storage blob:uploads GetBlob {"200":1}',
      'media-storage blob:uploads GetBlob {"200":1}',
    ])
    await recorder.close()
    expect(seenOf('other')).toEqual([
      'cosmos-replica container:jobs CreateItem {"200":1}',
      'cosmos-replica container:jobs ExecuteBatch {"200":1}',
      'cosmos-replica container:jobs ReadItem {"200":1,"404":1}',
    ])
  })
  it('names those that did nothing, too', () => {
    expect(seenOf('one')).toEqual([])
  })

  it('counts what clients do with a URL that an app signed as its own, and the key that it signs with', async () => {
    const url = '/a/uploads/x?sp=cw&sig=abc'
    await send('one', 'blobs', url, { method: 'OPTIONS', headers: { origin: 'http://page' } })
    await send('one', 'blobs', url, { method: 'PUT', headers: { 'x-ms-blob-type': 'BlockBlob' } })
    await send('one', 'blobs', '/a/uploads/x', { headers: {} })

    expect(seenOf('one')).toEqual([
      'media-storage account GetUserDelegationKey {"200":1}',
      'media-storage blob:uploads PutBlob {"200":1}',
    ])
  })

  it('passes on what it does not know, and says so', async () => {
    await send('one', 'queues', '/a/job-starts', { method: 'PATCH' })

    expect(seenOf('one')).toEqual(['media-storage unknown PATCH of a queue service\'s queue {"200":1}'])
    expect(said).toEqual([
      "! one did something that the recorder does not know: PATCH of a queue service's queue",
    ])
  })

  it('outlives what nobody can read: paths that are none, a batch that is no list', async () => {
    const batch = { ...signed, 'x-ms-cosmos-is-batch-request': 'True' }
    await send('one', 'blobs', '//')
    await send('one', 'blobs', '//', { headers: {} })
    await send('one', 'queues', '/a/%zz')
    await send('one', 'cosmos', '/dbs/d/colls/jobs/docs', { method: 'POST', headers: batch, body: '[{' })
    await send('one', 'blobs', '/a/uploads/x')

    await recorder.close()
    expect(seenOf('one')).toEqual([
      'cosmos unknown a batch whose body is not JSON {"200":1}',
      'media-storage blob:uploads GetBlob {"200":1}',
      'media-storage unknown a request whose path cannot be read {"200":2}',
    ])
  })

  it('does not count a batch that broke off on its way', async () => {
    const aborter = new AbortController()
    const body = new ReadableStream({
      start: (stream) => stream.enqueue(new TextEncoder().encode('[{"operationType":')),
    })
    const headers = { ...signed, 'x-ms-cosmos-is-batch-request': 'True' }
    const arrived = once(server, 'request')
    const sent = send('one', 'cosmos', '/dbs/d/colls/jobs/docs', {
      method: 'POST',
      headers,
      body,
      duplex: 'half',
      signal: aborter.signal,
    } as RequestInit)
    const [request] = (await arrived) as [IncomingMessage]
    const ended = new Promise((resolve) => request.once('close', resolve))

    aborter.abort()

    await expect(sent).rejects.toThrow(/abort/i)
    await ended
    await send('one', 'blobs', '/a/uploads/x')
    await recorder.close()
    expect(seenOf('one')).toEqual(['media-storage blob:uploads GetBlob {"200":1}'])
  })
})
