import { basename } from 'node:path'

import type { QueueClient } from '@azure/storage-queue'
import { QueueServiceClient } from '@azure/storage-queue'
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'

import { AppFolder } from './app-folder.ts'
import { RunningAzurite } from './running-azurite.ts'
import { RunningHost } from './running-host.ts'
import { until } from './until.ts'

jest.setTimeout(60_000)

/** What the admin door says of an instance. */
interface Figures {
  number: number
  id: string
  state: string
  pids: number[]
  running: number
  invocations: number
  coldStartMs?: number
}

let azurite: RunningAzurite
let host: RunningHost
let url = ''
const bystander = new AppFolder(`app.http('hello', { handler: () => ({ body: String(process.pid) }) })`)
beforeAll(async () => {
  azurite = await RunningAzurite.start()
  host = await RunningHost.start(
    {
      instances: {
        Storage: azurite.connection,
        QUEUE_NAME: 'shared',
        FUNCTIONS_HOST_INSTANCES: '3',
        FUNCTIONS_HOST_HANG_SECONDS: '0.8',
      },
      [bystander.path]: {},
    },
    '--verbose',
  )
  url = host.url('instances')
})
afterAll(async () => {
  await host[Symbol.asyncDispose]()
  bystander[Symbol.dispose]()
  await azurite[Symbol.asyncDispose]()
})

async function figures(): Promise<Figures[]> {
  const metrics = await (await fetch(`${url}/admin/host/metrics`)).json()
  return (metrics as { instances: { list: Figures[] } }).instances.list
}

async function who(ms = 0): Promise<string> {
  const answer = await fetch(`${url}/api/who?ms=${ms}`)
  return answer.status === 200 ? answer.text() : String(answer.status)
}

describe('three instances', () => {
  it('are known by number, id and process, and share the requests', async () => {
    const known = await figures()
    expect(known.map(({ number, state, pids }) => [number, state, pids.length])).toEqual([
      [1, 'ready', 1],
      [2, 'ready', 1],
      [3, 'ready', 1],
    ])
    expect(new Set(known.flatMap(({ pids }) => pids)).size).toBe(3)
    const answers = await Promise.all(Array.from({ length: 6 }, () => who(200)))
    expect(answers.toSorted()).toEqual(known.flatMap(({ id }) => [id, id]).toSorted())
    expect((await figures()).map(({ invocations }) => invocations)).toEqual([2, 2, 2])
  })

  it('lose only what the killed one ran; it alone is replaced', async () => {
    const before = await figures()
    const requests = before.map(async () => who(800))
    await until(async () => (await figures()).every(({ running }) => running === 1) || undefined)
    process.kill(before[1]?.pids[0] ?? 0, 'SIGKILL')
    const answers = await Promise.all(requests)
    expect(answers.filter((answer) => answer === '503')).toHaveLength(1)
    expect(answers).toEqual(expect.arrayContaining([before[0]?.id, before[2]?.id]))
    const after = await until(async () => {
      const now = await figures()
      return now.every(({ state }) => state === 'ready') ? now : undefined
    })
    expect(after.map(({ id }) => id)).toEqual(before.map(({ id }) => id))
    expect(after[1]?.pids).not.toEqual(before[1]?.pids)
    expect(after[0]?.pids).toEqual(before[0]?.pids)
    expect(host.log).toContain('The worker of instance 2 ended (signal SIGKILL); another one starts.')
  })

  it('notice one that hangs, name what it ran, and replace it; another app goes on', async () => {
    const blocked = fetch(`${url}/api/block`)
    await until(() => host.log.includes('Blocked: ') || undefined)
    await until(async () => (await figures()).some(({ state }) => state === 'hung') || undefined)
    const other = host.url(basename(bystander.path))
    expect((await fetch(`${other}/api/hello`)).status).toBe(200)
    expect((await blocked).status).toBe(503)
    expect(host.log).toMatch(
      /Instance \d of "instances" \(process \d+\) hangs, no answer for 0\.8 s: .* It was running: block \(Id: '[0-9a-f-]{36}'\)\./,
    )
    await until(async () => (await figures()).every(({ state }) => state === 'ready') || undefined)
    expect(new Set(await Promise.all([who(300), who(300), who(300)])).size).toBe(3)
  })
})

/** Starts an orchestration; answers where its status is. */
async function start(base: string, name: string, input: unknown): Promise<string> {
  const response = await fetch(`${base}/api/start/${name}`, { method: 'POST', body: JSON.stringify(input) })
  return ((await response.json()) as { statusQueryGetUri: string }).statusQueryGetUri
}

/** Output of an orchestration that has ended. */
async function outputOf(statusUrl: string, withinMs = 20_000): Promise<unknown> {
  return until(async () => {
    const response = await fetch(statusUrl)
    return response.status === 200 ? ((await response.json()) as { output: unknown }).output : undefined
  }, withinMs)
}

describe('durable functions on three instances', () => {
  it('are shared: so many activities run at once at each', async () => {
    const ids = (await outputOf(await start(url, 'spread', { count: 12, ms: 300 }))) as string[]
    const counts = (await figures()).map(({ id }) => ids.filter((each) => each === id).length)
    expect(counts).toEqual([4, 4, 4])
  })

  it('end at last where they never yield, and others go on', async () => {
    const spinning = await start(url, 'spin', null)
    await until(() => host.log.includes('Blocked: ') || undefined)
    expect(await outputOf(await start(url, 'spread', { count: 1, ms: 0 }))).toHaveLength(1)
    const reason = 'crashed or blocked its worker 5 times, at last alone in one of its own'
    expect(await outputOf(spinning, 40_000)).toContain(
      `Orchestrator function 'spin' failed: the function 'spin' ${reason}`,
    )
    expect(host.log).toContain('Azure would try it again and again')
    await until(async () => (await figures()).every(({ state }) => state === 'ready') || undefined)
    expect(await figures()).toHaveLength(3)
  })
})

describe('instances as there is work for', () => {
  let elastic: RunningHost
  let base = ''
  const known = async (): Promise<Figures[]> => {
    const metrics = await (await fetch(`${base}/admin/host/metrics`)).json()
    return (metrics as { instances: { list: Figures[] } }).instances.list
  }
  const countIs = (count: number): Promise<true> =>
    until(async () => ((await known()).length === count ? true : undefined))
  const logged = (pattern: RegExp): Promise<true> =>
    until(() => (pattern.test(elastic.log) ? true : undefined))
  let queue: QueueClient
  beforeAll(async () => {
    queue = QueueServiceClient.fromConnectionString(azurite.connection).getQueueClient('elastic')
    await queue.create()
    elastic = await RunningHost.start(
      { instances: { Storage: azurite.connection, QUEUE_NAME: 'elastic', FUNCTIONS_HTTP_CONCURRENCY: '2' } },
      '--instances',
      '0-3',
      '--idle',
      '0.5',
      '--verbose',
    )
    base = elastic.url('instances')
  })
  afterAll(() => elastic[Symbol.asyncDispose]())

  it('end when there is nothing to do, and a request starts one', async () => {
    await countIs(0)
    expect(elastic.log).toContain('Instance 1 of "instances" ends: there was less to do for 0.5 s.')
    expect((await fetch(`${base}/api/who`)).status).toBe(200)
    await logged(
      /Cold start: instance 1 of "instances" ready in \d+ ms, for the function "who" \(httpTrigger\)\./,
    )
    expect(await known()).toMatchObject([{ number: 1, state: 'ready', coldStartMs: expect.any(Number) }])
  })

  it('are more for many requests at once, and fewer after them', async () => {
    const answers = await Promise.all(
      Array.from({ length: 6 }, async () => (await fetch(`${base}/api/who?ms=1500`)).status),
    )
    expect(new Set(answers)).toEqual(new Set([200]))
    await logged(/Cold start: instance 3 of "instances" ready in \d+ ms, for requests: 6 to do\./)
    await countIs(0)
  })

  it('are started by a message, and more by many of them', async () => {
    await queue.sendMessage(Buffer.from('{"ms":0}').toString('base64'))
    await logged(/Cold start: .* for the function "work" \(queueTrigger\)\./)
    for (let sent = 0; sent < 12; sent += 1)
      await queue.sendMessage(Buffer.from('{"ms":700}').toString('base64'))
    await logged(/Cold start: instance 3 .* for queue "elastic": \d+ to do\./)
    await until(async () => (await queue.peekMessages()).peekedMessageItems.length === 0 || undefined)
    await countIs(0)
  })

  it('are started by a durable timer', async () => {
    const status = await start(base, 'sleep', 2500)
    await countIs(0)
    const before = elastic.log.length
    expect(await outputOf(status)).toMatch(/^[0-9a-f]{64}$/)
    expect(elastic.log.slice(before)).toMatch(
      /Cold start: .* for the function "sleep" \(orchestrationTrigger\)/,
    )
  })
})

it('says what a number of instances may be', async () => {
  const started = RunningHost.start({ [bystander.path]: { FUNCTIONS_HOST_INSTANCES: '5-2' } })
  await expect(started).rejects.toThrow(
    'The setting FUNCTIONS_HOST_INSTANCES is "5-2": use a number from 1 to 100',
  )
})
