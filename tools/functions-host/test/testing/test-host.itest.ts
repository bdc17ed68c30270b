import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'

import { HostError, startTestHost, TestClock, type TestHost } from '../../src/testing/index.ts'
import { until } from '../until.ts'

jest.setTimeout(30_000)

const directory = join(import.meta.dirname, '..', 'fixtures', 'approvals')
const startedAt = '2026-01-01T00:00:00.000Z'

let host: TestHost
beforeAll(async () => {
  host = await startTestHost({ directory, clock: new TestClock(startedAt), settings: { REPORTS: 'flaky' } })
})
afterAll(() => host[Symbol.asyncDispose]())

/** What the functions have logged themselves. */
function linesOf(functionName: string): string[] {
  return host.log
    .filter(({ category }) => category === `Function.${functionName}.User`)
    .map(({ message }) => message)
}

/** Waits until a function has begun to run. */
async function begunIn(of: TestHost, functionName: string): Promise<void> {
  const line = `Executing 'Functions.${functionName}'`
  await until(() => of.log.some(({ message }) => message.startsWith(line)) || undefined)
}

describe('time that a test owns', () => {
  it('brings a message back when its time has come, and makes it poison after its last try', async () => {
    const orders = await host.queue('orders')
    const [accepted, poison] = [await host.queue('accepted'), orders.poison]
    await orders.send('fine', 'late', 'broken')
    await host.idle()
    expect(await accepted.messages()).toEqual(['fine'])
    await host.clock.advance({ minutes: 9, seconds: 59 })
    expect(linesOf('order')).toHaveLength(3)
    await host.clock.advance({ seconds: 1 })
    expect(linesOf('order')).toHaveLength(5)
    expect([await orders.count(), await poison.count()]).toEqual([2, 0])
    await host.clock.advance({ minutes: 10 })
    expect(await accepted.messages()).toEqual(['fine', 'late'])
    expect(await poison.messages()).toEqual(['broken'])
    expect(await orders.count()).toBe(0)
  })

  it('fires a timer each hour of a day at its own time, and tries it again as its policy says', async () => {
    await host.clock.advanceTo('2026-01-02T00:00:00Z')
    const reports = await host.queue('reports')
    // The one of midnight has failed, and is tried again at ten past.
    expect(await reports.count()).toBe(23)
    const runs = host.log.filter(({ message }) => message.includes('Executed') && message.includes('report'))
    const minutes = runs.map(({ timeMs }) => new Date(timeMs).toISOString().slice(11, 16))
    expect(minutes.slice(0, 4)).toEqual(['01:00', '01:10', '02:00', '02:10'])
  })

  it('waits hours between the tries of an activity', async () => {
    const id = await host.instances.start('payment')
    await host.clock.advance({ hours: 7 })
    expect(await host.instances.status(id)).toMatchObject({
      runtimeStatus: 'Completed',
      // After one, two and four hours.
      output: { attempts: 4, at: '2026-01-02T07:00:00.000Z' },
    })
  })

  it('lets an approval of 30 days remind once a day, and expire', async () => {
    const functions = ['submit', 'approval', 'remind']
    await using approvals = await startTestHost({ directory, functions, clock: new TestClock(startedAt) })
    const answer = await approvals.fetch('/api/submit', { method: 'POST', body: 'taxi' })
    expect(answer.status).toBe(202)
    const { id } = (await answer.json()) as { id: string }
    await approvals.clock.advance({ days: 29, hours: 23 })
    expect(await approvals.instances.status(id)).toMatchObject({ runtimeStatus: 'Running', output: null })
    await approvals.clock.advance({ hours: 1 })
    expect(await approvals.instances.status(id)).toMatchObject({
      runtimeStatus: 'Completed',
      output: 'expired',
    })
    const history = await approvals.instances.history(id)
    const reminded = history.filter(({ EventType }) => EventType === 'TaskCompleted')
    const days = reminded.map(({ Timestamp }) => String(Timestamp).slice(0, 19))
    expect(days).toHaveLength(29)
    expect([days[0], days.at(-1)]).toEqual(['2026-01-02T00:00:00', '2026-01-30T00:00:00'])
    // Messages live for seven days.
    expect(await (await approvals.queue('reminders')).count()).toBe(6)
  })

  it('never runs backwards', async () => {
    await expect(host.clock.advanceTo(startedAt)).rejects.toThrow('never runs backwards')
    await expect(host.clock.advance(-1)).rejects.toThrow('no time that can go by')
    await expect(host.clock.advance({ weeks: 1 } as object)).rejects.toThrow('"weeks" is no unit')
  })

  it('takes no duration that is none, nor one beyond the last date, and stays where it is', async () => {
    const beforeMs = host.clock.now()
    await expect(host.clock.advance(Number.NaN)).rejects.toThrow('NaN is no time that can go by')
    await expect(host.clock.advance('5' as unknown as number)).rejects.toThrow(
      "'5' is no time that can go by",
    )
    await expect(host.clock.advance(8.64e15)).rejects.toThrow('later than any date')
    expect(host.clock.now()).toBe(beforeMs)
  })
})

describe('what a test does and sees', () => {
  it('is whatever a client of durable functions can do', async () => {
    const client = await host.durableClient()
    const id = await client.startNew('approval', { input: 'hotel', instanceId: 'hotel-1' })
    await host.idle()
    expect(await client.getStatus(id)).toMatchObject({ runtimeStatus: 'Running' })
    await host.instances.raiseEvent(id, 'decision', 'approved')
    await host.idle()
    expect(await host.instances.status(id)).toMatchObject({ runtimeStatus: 'Completed', output: 'approved' })
    await expect(host.instances.raiseEvent(id, 'decision')).rejects.toThrow('410')
    await host.instances.purge(id)
    expect(await host.instances.status(id)).toBeUndefined()
    expect(await host.instances.history(id)).toEqual([])
  })

  it('is the state of an entity', async () => {
    await host.instances.signalEntity('counter', 'visits', 'add', 3)
    await host.instances.signalEntity('counter', 'visits', 'add', 4)
    await host.idle()
    expect(await host.instances.entity('counter', 'visits')).toBe(7)
    expect(await host.instances.entity('counter', 'none')).toBeUndefined()
  })

  it('is a function run by itself, with what it answers or fails with', async () => {
    expect(await host.invoke('order', 'one more')).toBe('one more')
    await expect(host.invoke('order', 'broken')).rejects.toThrow('no such article')
    await expect(host.invoke('oder', 'x')).rejects.toThrow(
      'There is no function "oder". There are: approval,',
    )
  })

  it('tells what keeps it from being idle', async () => {
    const leave = new AbortController()
    const hanging = host.fetch('/api/hang', { signal: leave.signal }).catch(() => undefined)
    await begunIn(host, 'hang')
    await expect(host.idle({ withinMs: 200 })).rejects.toThrow('It is at: the function hang.')
    leave.abort()
    await hanging
  })
})

describe('several test hosts', () => {
  it('of one app do not see each other', async () => {
    const settings = { GREETING: 'from the second' }
    const [one, other] = await Promise.all([
      startTestHost({ directory, clock: new TestClock(startedAt) }),
      startTestHost({ directory, settings }),
    ])
    try {
      const visit = async (to: TestHost): Promise<unknown> => (await to.fetch('/api/visits')).json()
      expect([await visit(one), await visit(one), await visit(other)]).toEqual([1, 2, 1])
      await (await one.queue('orders')).send('fine')
      await one.idle()
      expect(await (await one.queue('accepted')).count()).toBe(1)
      expect(await (await other.queue('accepted')).count()).toBe(0)
      const id = await one.instances.start('approval', { input: 'x' })
      expect(await other.instances.status(id)).toBeUndefined()
      await one.clock.advance({ minutes: 5 })
      expect(one.clock.now()).toBe(Date.parse('2026-01-01T00:05:00Z'))
      expect(await (await other.fetch('/api/setting')).text()).toBe('from the second')
    } finally {
      await Promise.all([one[Symbol.asyncDispose](), other[Symbol.asyncDispose]()])
    }
    expect(await (await host.fetch('/api/setting')).text()).toBe('none')
  })

  it('of apps that are modules, and of different ones, stand beside each other', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'functions-host-module-app-'))
    const write = (name: string, text: string): void => writeFileSync(join(folder, name), text)
    write('host.json', '{ "version": "2.0" }')
    write('package.json', '{ "type": "module", "main": "index.js" }')
    write('count.js', 'let count = 0\nexport const next = () => ++count')
    const library = import.meta.resolve('@azure/functions')
    write(
      'index.js',
      `import functions from ${JSON.stringify(library)}\nimport { next } from './count.js'\nfunctions.app.http('next', { authLevel: 'anonymous', handler: () => ({ jsonBody: next() }) })`,
    )
    const [one, other] = [
      await startTestHost({ directory: folder }),
      await startTestHost({ directory: folder }),
    ]
    try {
      const next = async (of: TestHost): Promise<unknown> => (await of.fetch('/api/next')).json()
      expect([await next(one), await next(one), await next(other)]).toEqual([1, 2, 1])
      expect(await (await host.fetch('/api/visits')).json()).toBe(1)
    } finally {
      await Promise.all([one[Symbol.asyncDispose](), other[Symbol.asyncDispose]()])
      rmSync(folder, { recursive: true })
    }
  })
})

describe('the end of a test host', () => {
  it('comes also while a function hangs, and leaves nothing behind', async () => {
    await using ending = await startTestHost({ directory, drainMs: 50 })
    const hanging = ending.fetch('/api/hang').catch((error: unknown) => error)
    await begunIn(ending, 'hang')
    await ending[Symbol.asyncDispose]()
    await hanging
    await expect(ending.fetch('/api/visits')).rejects.toThrow('fetch failed')
    // A second time it has ended already.
    await ending[Symbol.asyncDispose]()
  })

  it('is at once where an app cannot start, which says why', async () => {
    const broken = startTestHost({ directory: join(directory, 'nowhere') })
    await expect(broken).rejects.toThrow(HostError)
    await expect(broken).rejects.toThrow('is no function app: it has no host.json')
    expect(existsSync(join(directory, 'nowhere'))).toBe(false)
  })
})
