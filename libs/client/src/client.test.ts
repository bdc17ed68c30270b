import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { describe, expect, it } from '@jest/globals'
import { mintId } from '@zoetrope/contracts'

import { chooseFolders, downloadRenditions } from './cli/download-renditions.ts'
import { formatReport } from './cli/format-report.ts'
import { formatMoney, formatSize } from './format-amounts.ts'
import { ApiProblem, collectPages, createClient, uploadFile, waitForAsset, waitForJob } from './index.ts'

type Handle = (request: IncomingMessage & { body: Buffer }, response: ServerResponse) => void

/** A server of HTTP that answers as the test says. */
async function serve(handle: Handle) {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => handle(Object.assign(request, { body: Buffer.concat(chunks) }), response))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    url,
    client: createClient({ apiUrl: `${url}/`, key: 'zk_test' }),
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

const assetId = mintId('ast')
const jobId = mintId('job')
const time = '2026-01-02T03:04:05.000Z'
const asset = {
  id: assetId,
  state: 'ready',
  readyToPlay: false,
  mediaType: 'image',
  jobId,
  contentType: 'image/jpeg',
  sizeBytes: 3,
  labels: {},
  createdAt: time,
  updatedAt: time,
}
const job = {
  id: jobId,
  assetId,
  state: 'running',
  workflow: { workflowId: 'w', version: 1 },
  run: 1,
  createdAt: time,
}
const notFound = (code: string) => ({
  type: 'x',
  title: 'It does not exist.',
  status: 404,
  code,
  category: 'missing',
  retry: false,
})

describe('the client', () => {
  it('sends the key, and answers what the API answers', async () => {
    let seen: string | undefined
    await using api = await serve((request, response) => {
      seen = `${request.url} ${request.headers.authorization}`
      json(response, 200, asset)
    })

    const answer = await api.client.getAsset(assetId)

    expect(answer).toEqual(asset)
    expect(seen).toBe(`/v1/assets/${assetId} Bearer zk_test`)
  })

  it('throws the problem that the API states', async () => {
    await using api = await serve((_request, response) => json(response, 404, notFound('ASSET_NOT_FOUND')))

    const error = await api.client.getAsset(assetId).catch((thrown: unknown) => thrown)

    expect(error).toBeInstanceOf(ApiProblem)
    expect((error as ApiProblem).problem.code).toBe('ASSET_NOT_FOUND')
  })

  it('makes a problem of an answer without one', async () => {
    await using api = await serve((_request, response) => response.writeHead(502).end('<html>'))

    await expect(api.client.getUsage()).rejects.toMatchObject({ problem: { code: 'HTTP_502', retry: true } })
  })

  it('reads a list to its end', async () => {
    await using api = await serve((request, response) => {
      const isFirst = !request.url?.includes('cursor=more')
      json(response, 200, { data: [asset], nextCursor: isFirst ? 'more' : null })
    })

    const all = await collectPages((cursor) =>
      api.client.listAssets({ limit: 1, ...(cursor ? { cursor } : {}) }),
    )

    expect(all).toHaveLength(2)
  })
})

describe('an upload', () => {
  const created = (url: string) => ({
    id: mintId('upl'),
    assetId,
    state: 'created',
    createdAt: time,
    expiresAt: time,
    upload: {
      method: 'PUT',
      url: `${url}/blob?sig=s`,
      headers: { 'x-ms-blob-type': 'BlockBlob' },
      expiresAt: time,
    },
  })

  it('goes in one request when it is small, and again after a fault of the service', async () => {
    const bodies: string[] = []
    let url = ''
    await using api = await serve((request, response) => {
      if (request.method === 'POST') return json(response, 201, created(url))
      bodies.push(`${String(request.headers['x-ms-blob-type'])} ${request.body.toString()}`)
      return response.writeHead(bodies.length === 1 ? 503 : 201).end()
    })
    url = api.url

    await uploadFile(api.client, { blob: new Blob(['abc']), filename: 'a.txt' })

    expect(bodies).toEqual(['BlockBlob abc', 'BlockBlob abc'])
  })

  it('is there once, when the answer to the first try was lost', async () => {
    const conditions: unknown[] = []
    let url = ''
    await using api = await serve((request, response) => {
      if (request.method === 'POST') return json(response, 201, created(url))
      conditions.push(request.headers['if-none-match'])
      if (conditions.length === 1) return response.destroy()
      return response.writeHead(409).end('<Error><Code>BlobAlreadyExists</Code></Error>')
    })
    url = api.url

    await uploadFile(api.client, { blob: new Blob(['abc']), filename: 'a.txt' })

    expect(conditions).toEqual(['*', '*'])
  })

  it('goes in blocks when it is big, whose list makes the same bytes again', async () => {
    const blocks = new Map<string, Buffer>()
    let stored: Buffer | undefined
    let url = ''
    await using api = await serve((request, response) => {
      if (request.method === 'POST') return json(response, 201, created(url))
      const query = new URL(request.url ?? '', url).searchParams
      expect(query.get('sig')).toBe('s')
      if (query.get('comp') === 'block') blocks.set(query.get('blockid')!, request.body)
      else {
        const ids = [...request.body.toString().matchAll(/<Latest>([^<]+)<\/Latest>/g)].map(
          (match) => match[1]!,
        )
        stored = Buffer.concat(ids.map((id) => blocks.get(id)!))
      }
      return response.writeHead(201).end()
    })
    url = api.url
    const bytes = Buffer.alloc(20 * 1024 * 1024, 'zoetrope')
    const percents: number[] = []

    await uploadFile(
      api.client,
      { blob: new Blob([bytes]) },
      { onProgress: (sent, total) => percents.push((sent / total) * 100) },
    )

    expect(blocks.size).toBe(3)
    expect(stored?.equals(bytes)).toBe(true)
    expect(percents.at(-1)).toBe(100)
  })

  it('says at once what storage refuses', async () => {
    let count = 0
    let url = ''
    await using api = await serve((request, response) => {
      if (request.method === 'POST') return json(response, 201, created(url))
      count += 1
      return response.writeHead(403).end('<Error><Code>AuthenticationFailed</Code></Error>')
    })
    url = api.url

    await expect(uploadFile(api.client, { blob: new Blob(['abc']) })).rejects.toThrow('AuthenticationFailed')
    expect(count).toBe(1)
  })
})

describe('waiting', () => {
  it('looks until the asset is there', async () => {
    let looks = 0
    await using api = await serve((_request, response) => {
      looks += 1
      if (looks < 3) json(response, 404, notFound('ASSET_NOT_FOUND'))
      else json(response, 200, asset)
    })

    await expect(waitForAsset(api.client, assetId, { intervalMs: 1 })).resolves.toMatchObject({ id: assetId })
  })

  it('outlasts a service that is away, tells each look, and answers the ended job', async () => {
    const states = ['queued', 'away', 'running', 'succeeded']
    const seen: string[] = []
    await using api = await serve((_request, response) => {
      const state = states.shift()
      if (state === 'away') response.destroy()
      else json(response, 200, { ...job, state })
    })

    const ended = await waitForJob(api.client, jobId, {
      intervalMs: 1,
      onProgress: ({ state }) => seen.push(state),
    })

    expect(ended.state).toBe('succeeded')
    expect(seen).toEqual(['queued', 'running', 'succeeded'])
  })

  it('ends with a typed error when it takes too long', async () => {
    await using api = await serve((_request, response) => json(response, 200, job))

    await expect(waitForJob(api.client, jobId, { intervalMs: 1, timeoutMs: 20 })).rejects.toMatchObject({
      code: 'TASK_TIMEOUT',
    })
  })
})

describe('downloads', () => {
  const rendition = { id: mintId('rnd'), assetId, jobId, state: 'ready', createdAt: time } as const

  it('go to one folder per file, named for it, also where two files have one name', () => {
    expect(chooseFolders('out', ['/a/x.jpg', '/b/x.jpg', 'y.png'])).toEqual([
      'out/x.jpg',
      'out/x.jpg-2',
      'out/y.png',
    ])
  })

  it('write an image as a file and a package as a folder', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'zoetrope-client-'))
    await using api = await serve((request, response) => {
      if (!request.url?.startsWith('/v1/')) return response.end(`content of ${request.url}`)
      const file = { url: `${api.url}/seg`, contentType: 'video/mp4', sizeBytes: 1, sha256: '' }
      return json(response, 200, { data: [{ ...file, name: 'video/1.m4s' }] })
    })

    await downloadRenditions(
      api.client,
      {
        file: 'x',
        assetId,
        state: 'succeeded',
        renditions: [
          { ...rendition, name: 'w320.webp', kind: 'image', url: `${api.url}/image` },
          { ...rendition, name: 'package', kind: 'package' },
        ],
      },
      folder,
    )

    expect(readFileSync(join(folder, 'w320.webp'), 'utf8')).toBe('content of /image')
    expect(readFileSync(join(folder, 'package', 'video', '1.m4s'), 'utf8')).toBe('content of /seg')
  })

  it('never leave the folder, whatever a file is named', async () => {
    await using api = await serve((_request, response) => response.end('x'))
    const renditions = [{ ...rendition, name: '../../evil', kind: 'image' as const, url: api.url }]

    await expect(
      downloadRenditions(
        api.client,
        { file: 'x', assetId, state: 'succeeded', renditions },
        join(tmpdir(), 'inner'),
      ),
    ).rejects.toMatchObject({ code: 'MESSAGE_INVALID' })
  })
})

describe('figures for people', () => {
  it.each([
    [118_000, '$0.000118'],
    [0, '$0.00'],
    [1_500_000_000, '$1.50'],
    [12_345_678_901, '$12.345678901'],
  ])('%i nano-dollars are %s', (amountNano, text) => {
    expect(formatMoney({ amountNano, currency: 'USD' })).toBe(text)
  })

  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1_400_000, '1.4 MB'],
    [999_600, '1.0 MB'],
    [52_000, '52 kB'],
  ])('%i bytes are %s', (sizeBytes, text) => {
    expect(formatSize(sizeBytes)).toBe(text)
  })

  it('a report names what failed and whether trying again helps', () => {
    const plain = new Proxy({}, { get: () => String }) as Parameters<typeof formatReport>[1]

    const text = formatReport(
      [
        {
          file: 'a.jpg',
          state: 'failed',
          error: { code: 'SOURCE_EMPTY', title: 'The file is empty.', retry: false },
          renditions: [],
        },
      ],
      plain,
    )

    expect(text).toBe('\na.jpg  failed\n  SOURCE_EMPTY: The file is empty. (trying again will not help)\n')
  })
})
