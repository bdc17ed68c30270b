import { afterAll, beforeAll, expect, it } from '@jest/globals'

import type { ConsoleServer } from './console-server.ts'
import { startConsoleServer } from './console-server.ts'
import { choosePorts } from './ports.ts'

const nowhere = 'http://127.0.0.1:1'
let server: ConsoleServer
let url: string

beforeAll(async () => {
  const port = (await choosePorts(['console'], 'free')).get('console') ?? 0
  url = `http://127.0.0.1:${port}`
  const page = { contentType: 'text/html', body: Buffer.from('the page') }
  const readFiles = () => Promise.resolve(new Map([['/', page]]))
  server = await startConsoleServer({
    readFiles,
    port,
    apiUrl: nowhere,
    deliveryUrl: nowhere,
    blobUrl: nowhere,
  })
})
afterAll(() => server.close())

it.each([
  ['/', 200, 'the page'],
  ['/index.html', 200, 'the page'],
  ['/other', 404, 'Not found'],
  ['//', 404, 'Not found'],
  ['/%zz', 404, 'Not found'],
])('answers %s with %i, and goes on', async (path, status, text) => {
  const response = await fetch(`${url}${path}`)

  expect([response.status, await response.text()]).toEqual([status, text])
})
