import { basename } from 'node:path'

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
        FUNCTIONS_HOST_HANG_SECONDS: '1',
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
    const requests = before.map(async () => who(2000))
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
      /Instance \d of "instances" \(process \d+\) hangs, no answer for 1 s: .* It was running: block \(Id: '[0-9a-f-]{36}'\)\./,
    )
    await until(async () => (await figures()).every(({ state }) => state === 'ready') || undefined)
    expect(new Set(await Promise.all([who(300), who(300), who(300)])).size).toBe(3)
  })
})
