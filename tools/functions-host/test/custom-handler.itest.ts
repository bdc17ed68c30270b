import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'

import { QueueServiceClient } from '@azure/storage-queue'
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'

import { AppFolder } from './app-folder.ts'
import { RunningAzurite } from './running-azurite.ts'
import { RunningHost } from './running-host.ts'
import { until } from './until.ts'

jest.setTimeout(60_000)

const hasPython = spawnSync('python3', ['--version']).status === 0
if (!hasPython) {
  if (process.env['ZOETROPE_REQUIRE_PYTHON'])
    throw new Error('python3 is missing, and ZOETROPE_REQUIRE_PYTHON asks for it.')
  console.warn('SKIPPED: python3 is missing; custom handlers in Python are not tested here.')
}
const describeWithPython = hasPython ? describe : describe.skip

type Line = { readonly store: string; readonly tries: number; readonly pid: number }

describeWithPython('an app in Python beside one in Node', () => {
  let azurite: RunningAzurite
  let host: RunningHost
  let queues: QueueServiceClient
  beforeAll(async () => {
    azurite = await RunningAzurite.start()
    queues = QueueServiceClient.fromConnectionString(azurite.connection)
    for (const name of ['orders', 'orders-poison', 'stored', 'node-in']) await queues.createQueue(name)
    host = await RunningHost.start(
      {
        python: {
          Storage: azurite.connection,
          ORDERS: 'orders',
          STORED: 'stored',
          // For workers of Node alone.
          FUNCTIONS_WORKER_PROCESS_COUNT: '3',
        },
        'python-forwarding': { FUNCTIONS_REQUEST_BODY_SIZE_LIMIT: '1000000' },
        app: {
          Storage: azurite.connection,
          QUEUE_NAME: 'node-in',
          TRACE_FILE: join(tmpdir(), crypto.randomUUID()),
        },
      },
      '--verbose',
    )
  })
  afterAll(async () => {
    await host[Symbol.asyncDispose]()
    await azurite[Symbol.asyncDispose]()
  })

  /** Lines that the program has printed of its messages. */
  const lines = (): Line[] =>
    [...host.log.matchAll(/\{"store".*?\}/g)].map(([text]) => JSON.parse(text) as Line)

  /** Takes the next message of a queue that says this of itself. */
  const receive = (
    queueName: string,
    isIt: (message: Record<string, unknown>) => boolean,
  ): Promise<unknown> =>
    until(async () => {
      const queue = queues.getQueueClient(queueName)
      const { receivedMessageItems } = await queue.receiveMessages({
        numberOfMessages: 32,
        visibilityTimeout: 1,
      })
      const texts = receivedMessageItems.map(({ messageText }) =>
        Buffer.from(messageText, 'base64').toString(),
      )
      return texts.map((text) => JSON.parse(text) as Record<string, unknown>).find(isIt)
    })

  it('answers HTTP requests, writes to a queue, handles its messages, and Node runs beside it', async () => {
    const response = await fetch(`${host.url('python')}/api/greet/ann?a=1&b=x%20y`, {
      method: 'POST',
      headers: { 'content-type': 'text/plain' },
      body: 'grüße',
    })
    expect([response.status, response.headers.get('x-from')]).toEqual([201, 'python'])
    expect(await response.json()).toEqual({
      method: 'POST',
      query: { a: '1', b: 'x y' },
      contentType: ['text/plain'],
      body: 'grüße',
      metadata: 'ann',
      function: 'greet',
      hasInvocationId: true,
      hostVersion: '4',
    })
    expect(await receive('stored', ({ stored }) => stored === 'ann')).toEqual({ stored: 'ann', tries: 1 })
    await until(() => (host.log.includes('greeted ann') ? true : undefined))
    expect(await (await fetch(`${host.url('app')}/api/echo/5/x`)).json()).toMatchObject({
      params: { id: '5' },
    })
  })

  it('whose program is killed in the middle of a message handles it again', async () => {
    await fetch(`${host.url('python')}/api/greet/kim?behaviour=hang`)
    const { pid } = await until(() => lines().find(({ store }) => store === 'kim'))
    process.kill(pid, 'SIGKILL')

    expect(await receive('stored', ({ stored }) => stored === 'kim')).toEqual({ stored: 'kim', tries: 2 })
    const tries = lines().filter(({ store }) => store === 'kim')
    expect(tries.map((line) => line.tries)).toEqual([1, 2])
    expect(tries[1]?.pid).not.toBe(pid)
  })

  it('that answers with an error has failed: its message is tried again, and at last is poison', async () => {
    await fetch(`${host.url('python')}/api/greet/sue?behaviour=fail`)
    expect(await receive('orders-poison', (message) => message['for'] === 'sue')).toBeDefined()
    expect(lines().flatMap(({ store, tries }) => (store === 'sue' ? [tries] : []))).toEqual([1, 2, 3])
    expect(host.log).toContain('The custom handler answered 500 to POST /store: it failed')
  })

  it('that answers without a body has succeeded, with a warning', async () => {
    await fetch(`${host.url('python')}/api/greet/lee?behaviour=silent`)
    await until(() =>
      /\/store: the custom handler answered without a body/.test(host.log) ? true : undefined,
    )
    const later = (): string => host.log.split('answered without a body')[1] ?? ''
    await until(() => (later().includes("Executed 'Functions.store' (Succeeded") ? true : undefined))
    // What a program prints and what it answers come by two ways.
    await until(() => (lines().some(({ store }) => store === 'lee') ? true : undefined))
    expect(lines().flatMap(({ store, tries }) => (store === 'lee' ? [tries] : []))).toEqual([1])
  })

  describe('and that gets its requests as they are', () => {
    const url = (path: string): string => `${host.url('python-forwarding')}/pages/${path}`

    it.each([
      ['POST', 'a/b%20c?q=1&q=2', 200],
      ['DELETE', 'gone', 404],
    ])('sees %s %s, and answers what it likes', async (method, path, status) => {
      const response = await fetch(url(path), { method, body: 'grüße', headers: { 'x-test': 'yes' } })
      expect([response.status, response.headers.getSetCookie()]).toEqual([status, ['a=1', 'b=2']])
      expect(await response.json()).toEqual({
        method,
        path: `/pages/${path}`,
        body: 'grüße',
        header: ['yes'],
        invocation: 36,
      })
    })

    it('streams in both directions', async () => {
      const outgoing = request(url('echo'), { method: 'POST' })
      const answers: string[] = []
      const closed = new Promise<void>((resolve, reject) => {
        outgoing.on('error', reject)
        outgoing.on('response', (incoming) => {
          incoming.on('data', (chunk: Buffer) => answers.push(chunk.toString()))
          incoming.on('end', resolve)
        })
      })
      outgoing.write('one')
      await until(() => (answers.join('') === 'one' ? true : undefined))
      outgoing.end('two')
      await closed
      expect(answers.join('')).toBe('onetwo')
    })

    it('answers 413 to a body past the limit, though nobody told its length', async () => {
      const body = new ReadableStream({
        start(controller) {
          for (let n = 0; n < 20; n += 1) controller.enqueue(new Uint8Array(100_000))
          controller.close()
        },
      })
      const response = await fetch(url('large'), { method: 'POST', body, duplex: 'half' } as RequestInit)
      expect(response.status).toBe(413)
    })

    it('answers 503 when the program dies under a request, and serves the next one', async () => {
      expect((await fetch(url('crash'))).status).toBe(503)
      expect((await fetch(url('after'))).status).toBe(200)
    })
  })

  it('ends with the host', async () => {
    const pids = [...new Set(lines().map(({ pid }) => pid))]
    // One program at a time: the first, and the one after the first was killed.
    expect(pids).toHaveLength(2)
    expect(await host.end('SIGTERM')).toBe(0)
    for (const pid of pids) expect(() => process.kill(pid, 0)).toThrow('ESRCH')
  })
})

it('described by httpWorker, the older name, gets its requests at /<name>, and the log says what to write', async () => {
  using app = new AppFolder('', {
    'host.json': JSON.stringify({
      version: '2.0',
      httpWorker: {
        description: { defaultExecutablePath: process.execPath, defaultWorkerPath: 'server.mjs' },
      },
    }),
    'server.mjs': `import { createServer } from 'node:http'
      const server = createServer(({ method, url }, response) => response.end(method + ' ' + url))
      server.listen(Number(process.env.FUNCTIONS_HTTPWORKER_PORT), 'localhost')`,
    'Page/function.json': JSON.stringify({
      bindings: [
        { type: 'httpTrigger', direction: 'in', name: 'req', route: 'pages/{id}' },
        { type: 'http', direction: 'out', name: 'res' },
      ],
    }),
  })
  await using host = await RunningHost.start({ [app.path]: {} })
  const response = await fetch(`${host.url(basename(app.path))}/api/pages/5?a=1`)
  expect([response.status, await response.text()]).toEqual([200, 'GET /Page?a=1'])
  expect(host.log).toContain('httpWorker is the older form of customHandler')
  // A host that is killed takes no program of another language with it.
  expect(await host.end()).toBe(0)
})

describe('an app that cannot be started', () => {
  const program = (description: object, more: object = {}): string =>
    JSON.stringify({ version: '2.0', customHandler: { description, ...more } })

  it.each([
    [
      'no program',
      { 'host.json': program({}) },
      'customHandler.description.defaultExecutablePath is missing',
    ],
    [
      'a program that does not exist',
      { 'host.json': program({ defaultExecutablePath: 'no-such-program' }) },
      /"no-such-program" does not serve port \d+.*ENOENT.*customHandler.description.defaultExecutablePath/,
    ],
    [
      'a program that ends',
      {
        'host.json': program({
          defaultExecutablePath: process.execPath,
          arguments: ['-e', 'process.exit(7)'],
        }),
      },
      /exit code 7\. Look at customHandler\.description\.defaultExecutablePath/,
    ],
    [
      'a program that does not listen',
      {
        'host.json': program(
          { defaultExecutablePath: process.execPath, arguments: ['-e', 'setInterval(() => {}, 1000)'] },
          { initializationTimeout: '00:00:00.3' },
        ),
      },
      'nothing listens there after 300 ms',
    ],
    [
      'functions of the older model of Node',
      { 'host.json': '{"version":"2.0"}', 'old/function.json': '{"bindings":[]}' },
      'declared by files (programming model v3) are not served',
    ],
    [
      'functions declared twice',
      {
        'host.json': program({ defaultExecutablePath: 'x' }, { http: { routes: [{ route: 'a' }] } }),
        'f/function.json': '{"bindings":[]}',
      },
      'both by function.json files and by customHandler.http.routes',
    ],
  ])('for %s says what to mend', async (_case, files: Record<string, string>, message) => {
    await expect(start(files)).rejects.toThrow(message)
  })

  it('for a port that is taken says what to mend', async () => {
    const taken = createServer().listen(0, 'localhost')
    await once(taken, 'listening')
    const { port } = taken.address() as AddressInfo
    const files = { 'host.json': program({ defaultExecutablePath: process.execPath }, { port }) }
    await expect(start(files)).rejects.toThrow(/customHandler\.port of .*host\.json names, is taken/)
    taken.close()
  })
})

/** Starts a host for an app of these files; it should refuse. */
async function start(files: Readonly<Record<string, string>>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'functions-host-app-'))
  try {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true })
      writeFileSync(join(folder, name), text)
    }
    await using _host = await RunningHost.start({ [folder]: {} })
  } finally {
    rmSync(folder, { recursive: true })
  }
}
