import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'
import { QueueServiceClient } from '@azure/storage-queue'

import { AppFolder } from './app-folder.ts'
import { RunningAzurite } from './running-azurite.ts'
import { RunningProgram } from './running-program.ts'
import { until } from './until.ts'

jest.setTimeout(60_000)

interface Metrics {
  readonly app: string
  readonly isDraining: boolean
  readonly functions: readonly (Record<string, unknown> & { readonly name: string })[]
}

const code = `
  app.http('quick', { handler: () => ({ body: 'x' }) })
  app.http('broken', { handler() { throw new Error('<b>not today</b>') } })
  app.storageQueue('work', { queueName: 'status-work', connection: 'Storage', handler(message) {
    if (message === 'bad') throw new Error('bad message')
    if (message === 'slow') return new Promise((resolve) => setTimeout(resolve, 60_000))
  } })`

describe('the status of a host', () => {
  let azurite: RunningAzurite
  let folder: AppFolder
  let func: RunningProgram
  let url = ''
  const metrics = async (): Promise<Metrics> =>
    (await (await fetch(`${url}/admin/host/metrics`)).json()) as Metrics
  const figuresOf = async (name: string): Promise<Record<string, unknown>> =>
    (await metrics()).functions.find((one) => one.name === name) ?? {}
  beforeAll(async () => {
    azurite = await RunningAzurite.start()
    const queues = QueueServiceClient.fromConnectionString(azurite.connection)
    await queues.getQueueClient('status-work').create()
    folder = new AppFolder(code, {
      'host.json': JSON.stringify({
        version: '2.0',
        extensions: {
          queues: { messageEncoding: 'none', maxDequeueCount: 1, batchSize: 1, newBatchThreshold: 0 },
        },
      }),
    })
    func = new RunningProgram('func', ['start', '--port', '0'], folder.path, {
      Storage: azurite.connection,
    })
    url = await func.url()
    for (const text of ['bad', 'slow', 'next', 'next'])
      await queues.getQueueClient('status-work').sendMessage(text)
    await fetch(`${url}/admin/host/wake`, { method: 'POST', body: '{"queue":"status-work"}' })
  })
  afterAll(async () => {
    await func[Symbol.asyncDispose]()
    await azurite[Symbol.asyncDispose]()
    folder[Symbol.dispose]()
  })

  it('tells runs, failures, rate and latency of each function', async () => {
    for (let call = 0; call < 20; call++) await fetch(`${url}/api/quick`)
    await fetch(`${url}/api/broken`)

    expect(await figuresOf('quick')).toMatchObject({
      trigger: 'httpTrigger',
      invocations: 20,
      failures: 0,
      running: 0,
      p50Ms: expect.any(Number),
      p95Ms: expect.any(Number),
    })
    expect(await figuresOf('broken')).toMatchObject({
      invocations: 1,
      failures: 1,
      lastFailure: { message: '<b>not today</b>' },
    })
    await until(async () => Number((await figuresOf('quick'))['invocationsPerSecond']) > 0 || undefined)
  })

  it('tells what waits in queues, and what is poison', async () => {
    const figures = await until(async () => {
      const found = await figuresOf('work')
      return found['running'] === 1 && found['failures'] === 1 ? found : undefined
    })
    expect(figures).toMatchObject({ trigger: 'queueTrigger', invocations: 1 })
    expect(func.output).toMatch(
      /Executing 'Functions\.work' \(Reason='New queue message detected on 'status-work'\.', Id=.*\)\n\[.*\] Trigger Details: MessageId: [0-9a-f-]{36}, DequeueCount: 1, InsertionTime: \d{4}-\d\d-\d\dT[\d:.]+\+00:00\n/,
    )

    // The slow one is still in its queue, hidden.
    const backlogs = await until(async () => {
      const found = (await figuresOf('work'))['backlogs'] as { poisoned?: number; waiting?: number }[]
      return found[0]?.poisoned === 1 ? found : undefined
    })
    expect(backlogs).toEqual([{ functionName: 'work', source: 'status-work', waiting: 3, poisoned: 1 }])
  })

  it('counts on through a restart', async () => {
    expect((await fetch(`${url}/admin/host/restart`, { method: 'POST' })).status).toBe(202)
    await fetch(`${url}/api/quick`)

    expect(await figuresOf('quick')).toMatchObject({ invocations: 21 })
  })

  it('drains triggers, and goes on answering requests', async () => {
    const statusOf = async (): Promise<unknown> => (await fetch(`${url}/admin/host/drain/status`)).json()
    expect(await statusOf()).toMatchObject({ state: 'Disabled' })
    expect((await fetch(`${url}/admin/host/drain`, { method: 'POST' })).status).toBe(202)

    expect(await statusOf()).toMatchObject({
      state: expect.stringMatching(/^(InProgress|Completed)$/),
      outstandingRetries: 0,
    })
    expect((await metrics()).isDraining).toBe(true)
    expect((await fetch(`${url}/api/quick`)).status).toBe(200)
  })

  it('has a page for browsers that loads nothing from elsewhere', async () => {
    const answer = await fetch(`${url}/admin`, { headers: { accept: 'text/html,*/*;q=0.8' } })
    const html = await answer.text()

    expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(answer.headers.get('content-security-policy')).toMatch(/^default-src 'none'; style-src 'sha256-/)
    expect(answer.headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
    expect(html).not.toMatch(/https?:|\bsrc=|@import|url\(/)
  })

  it.each([
    ['a program', '/admin', {}, 404],
    ['a page of another origin', '/admin', { accept: 'text/html', origin: 'https://example.com' }, 403],
    [
      'a page of another origin, for the figures',
      '/admin/host/metrics',
      { origin: 'https://example.com' },
      403,
    ],
  ])('is not for %s', async (_who, path, headers, status) => {
    expect((await fetch(`${url}${path}`, { headers: headers as Record<string, string> })).status).toBe(status)
  })
})
