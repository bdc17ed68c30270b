import { randomBytes, randomUUID } from 'node:crypto'
import { request as httpRequest } from 'node:http'
import { buffer } from 'node:stream/consumers'

import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'
import { uploadFile } from '@zoetrope/client'
import type { ProblemBody, UploadBody } from '@zoetrope/contracts'
import { UploadDocument } from '@zoetrope/contracts'

import type { RunningApi, TestTenant } from './running-api.ts'
import { startApi } from './running-api.ts'

jest.setTimeout(60_000)

let api: RunningApi
let tenant: TestTenant

beforeAll(async () => {
  api = await startApi()
  tenant = await api.newTenant()
})
afterAll(async () => {
  await api[Symbol.asyncDispose]()
})

async function post(body: BodyInit, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${api.url}/v1/uploads`, {
    method: 'POST',
    body,
    headers: { authorization: `Bearer ${tenant.key}`, ...headers },
  })
}

async function postJson(body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  return post(JSON.stringify(body), { 'content-type': 'application/json', ...headers })
}

function formOf(bytes: Uint8Array<ArrayBuffer>, fields: Record<string, string> = {}): FormData {
  const form = new FormData()
  for (const [name, value] of Object.entries(fields)) form.append(name, value)
  form.append('file', new Blob([bytes], { type: 'image/png' }), 'Grüße.png')
  return form
}

async function storedBytes(upload: UploadBody): Promise<Buffer | undefined> {
  const stream = await api.azurite.blobs('uploads').open(`${tenant.tenantId}/${upload.assetId}/${upload.id}`)
  return stream === 'missing' || stream === 'changed' ? undefined : buffer(stream)
}

describe('an upload', () => {
  it('is an address to which the file is written, past the API', async () => {
    const bytes = randomBytes(100_000)
    const { uploadId, assetId } = await uploadFile(tenant.client, {
      blob: new Blob([bytes]),
      filename: 'C:\\photos\\cat.jpg',
      contentType: 'image/jpeg',
    })

    const upload = await tenant.client.getUpload(uploadId)
    expect(upload).toMatchObject({ id: uploadId, assetId, state: 'created', filename: 'cat.jpg' })
    expect(await storedBytes(upload)).toEqual(bytes)
  })

  it('is the same one when the request comes again with its Idempotency-Key', async () => {
    const headers = { 'idempotency-key': randomUUID() }
    const first = (await (await postJson({ filename: 'a.jpg' }, headers)).json()) as UploadBody
    const again = (await (await postJson({ filename: 'a.jpg' }, headers)).json()) as UploadBody
    const other = await postJson({ filename: 'b.jpg' }, headers)

    expect({ ...again, upload: undefined }).toEqual({ ...first, upload: undefined })
    expect((await fetch(again.upload!.url, { ...again.upload!, body: 'late' })).status).toBe(201)
    expect(other.status).toBe(409)
    expect(await other.json()).toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED', category: 'conflict' })
  })

  it('may not be written to with the URL of another one', async () => {
    const [one, two] = await Promise.all([tenant.client.createUpload({}), tenant.client.createUpload({})])
    const swapped = one.upload!.url.replace(one.id, two.id)

    expect((await fetch(swapped, { ...one.upload!, body: 'x' })).status).toBe(403)
  })

  it('is refused when the file would be over the limit', async () => {
    const response = await postJson({ sizeBytes: 4_000_001 })

    expect(response.status).toBe(413)
    expect(await response.json()).toMatchObject({ code: 'SOURCE_TOO_LARGE', retry: false })
  })

  it('can be canceled, and its file goes', async () => {
    const { uploadId } = await uploadFile(tenant.client, { blob: new Blob(['x']) })
    const upload = await tenant.client.getUpload(uploadId)

    await tenant.client.cancelUpload(uploadId)
    await tenant.client.cancelUpload(uploadId)

    expect(await tenant.client.getUpload(uploadId)).toMatchObject({ state: 'canceled' })
    expect(await storedBytes(upload)).toBeUndefined()
  })

  it('is not seen by another tenant', async () => {
    const upload = await tenant.client.createUpload({})
    const stranger = await api.newTenant()

    await expect(stranger.client.getUpload(upload.id)).rejects.toMatchObject({
      problem: { status: 404, code: 'UPLOAD_NOT_FOUND' },
    })
  })
})

describe('a form', () => {
  it('brings a small file, with its labels, byte for byte', async () => {
    const bytes = randomBytes(900_000)
    const response = await post(formOf(bytes, { labels: '{"album":"summer"}' }))
    const upload = (await response.json()) as UploadBody

    expect(response.status).toBe(201)
    expect(upload).toMatchObject({ filename: 'Grüße.png' })
    expect(await storedBytes(upload)).toEqual(bytes)
    const partition = [tenant.tenantId, upload.assetId]
    expect(await api.store.library.read(UploadDocument, partition, upload.id)).toMatchObject({
      labels: { album: 'summer' },
    })
  })

  it('that comes again with its Idempotency-Key makes nothing twice; with other bytes it is refused', async () => {
    const headers = { 'idempotency-key': randomUUID() }
    const bytes = randomBytes(5000)
    const first = (await (await post(formOf(bytes), headers)).json()) as UploadBody
    const again = (await (await post(formOf(bytes), headers)).json()) as UploadBody
    const other = await post(formOf(randomBytes(5000)), headers)

    expect(again).toEqual(first)
    expect(other.status).toBe(409)
    expect(await storedBytes(first)).toEqual(bytes)
  })

  it.each([
    ['without a file', () => form({ labels: '{}' }), 400],
    ['with labels that are no JSON', () => formOf(randomBytes(10), { labels: '{' }), 400],
    ['with a field that nobody knows', () => formOf(randomBytes(10), { colour: 'red' }), 400],
    ['with a file over the limit', () => formOf(randomBytes(1_000_001)), 413],
  ])('%s is refused', async (_what, make, status) => {
    const response = await post(make())

    expect(response.status).toBe(status)
    expect(response.headers.get('content-type')).toBe('application/problem+json')
  })

  it.each([
    ['no boundary', 'multipart/form-data', 'x'],
    ['another boundary', 'multipart/form-data; boundary=abc', '--xyz\r\n\r\n--xyz--'],
    [
      'fields behind the file',
      'multipart/form-data; boundary=b',
      '--b\r\ncontent-disposition: form-data; name="file"; filename="a"\r\n\r\nx\r\n--b\r\ncontent-disposition: form-data; name="labels"\r\n\r\n{}\r\n--b--\r\n',
    ],
    ['nothing at all', 'multipart/form-data; boundary=b', ''],
  ])('with %s is refused', async (_what, contentType, body) => {
    const response = await post(body, { 'content-type': contentType })

    expect(response.status).toBe(400)
    expect(((await response.json()) as ProblemBody).code).toBe('REQUEST_INVALID')
  })

  it('that ends in the middle of its file leaves no file', async () => {
    const before = await countBlobs()
    const start =
      '--b\r\ncontent-disposition: form-data; name="file"; filename="half.png"\r\ncontent-type: image/png\r\n\r\n'
    const response = await post(`${start}${'x'.repeat(50_000)}`, {
      'content-type': 'multipart/form-data; boundary=b',
    })

    expect(response.status).toBe(400)
    expect(await countBlobs()).toBe(before)
  })

  it('whose sender goes away in the middle leaves no file', async () => {
    const before = await countBlobs()
    const { hostname, port } = new URL(api.url)
    const request = httpRequest({
      hostname,
      port,
      path: '/v1/uploads',
      method: 'POST',
      headers: {
        authorization: `Bearer ${tenant.key}`,
        'content-type': 'multipart/form-data; boundary=b',
        'content-length': 200_000,
      },
    })
    const ended = new Promise<void>((resolve) => request.once('close', resolve))
    request.on('error', () => undefined)
    request.write('--b\r\ncontent-disposition: form-data; name="file"; filename="gone.png"\r\n\r\n')
    request.write('x'.repeat(50_000), () => request.destroy())
    await ended

    // The next upload shows that the app still serves.
    expect((await post(formOf(randomBytes(100)))).status).toBe(201)
    expect(await countBlobs()).toBe(before + 1)
  })
})

function form(fields: Record<string, string>): FormData {
  const made = new FormData()
  for (const [name, value] of Object.entries(fields)) made.append(name, value)
  return made
}

async function countBlobs(): Promise<number> {
  let count = 0
  for await (const _blob of api.azurite.blobs('uploads').list()) count += 1
  return count
}
