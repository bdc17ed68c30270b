import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'

import { QueueApp, toBase64 } from './queue-app.ts'
import { RunningAzurite } from './running-azurite.ts'
import type { RunningHost } from './running-host.ts'
import { seededRandom } from './seeded-random.ts'
import { until } from './until.ts'

jest.setTimeout(120_000)

let azurite: RunningAzurite
beforeAll(async () => {
  azurite = await RunningAzurite.start()
})
afterAll(() => azurite[Symbol.asyncDispose]())

describe('a hundred messages', () => {
  it('are all handled, whoever is killed in the middle, and poison are those that fail alone', async () => {
    using app = new QueueApp(azurite.connection)
    const { random, seed } = seededRandom()
    const directory = mkdtempSync(join(tmpdir(), 'functions-host-crash-'))
    const orders = Array.from({ length: 100 }, (_order, n) => ({
      id: `order-${n}`,
      delayMs: Math.floor(random() * 40),
      ...(n % 15 === 3 ? { behaviour: 'fail' } : {}),
    }))
    const failing = orders.filter(({ behaviour }) => behaviour === 'fail')
    expect(failing).toHaveLength(7)
    await app.queue.create()
    for (const order of orders) await app.send(order)

    const handled = (): Set<string> => new Set(app.values('done').map(String))
    /** Waits until some more messages were begun: a moment in the middle of many. */
    const someMore = async (): Promise<unknown> => {
      const enough = app.values('begun').length + 1 + Math.floor(random() * 25)
      return until(() => (app.values('begun').length >= enough ? app.lines().at(-1)?.['pid'] : undefined))
    }
    const flags = ['--data', directory]
    try {
      // Four kills, so that none takes the fifth and last try from a message.
      for (let round = 0; round < 2; round += 1) {
        await using host = await app.start({ flags })
        process.kill(Number(await someMore()), 'SIGKILL')
        await someMore()
        await host.end('SIGKILL')
      }
      await using _ = await app.start({ flags })
      await until(() => (handled().size === 93 ? true : undefined), 60_000)
      await until(async () => ((await app.count()) === 0 ? true : undefined), 60_000)
    } catch (error) {
      throw new Error(`seed ${seed}: ${app.values('done').length} done`, { cause: error })
    } finally {
      rmSync(directory, { recursive: true, force: true })
    }

    const good = orders.filter((order) => !failing.includes(order)).map(({ id }) => id)
    expect([...handled()].toSorted()).toEqual(good.toSorted())
    // A host that is killed between keeping poison and taking it off its queue keeps it twice.
    expect([...new Set(await app.poison())].toSorted()).toEqual(failing.map(toBase64).toSorted())
  })
})

describe('a message that may be tried twice', () => {
  let app: QueueApp
  let host: RunningHost
  beforeAll(async () => {
    app = new QueueApp(azurite.connection, {
      AzureFunctionsJobHost__extensions__queues__maxDequeueCount: '2',
    })
    await app.queue.create()
    host = await app.start()
  })
  afterAll(async () => {
    await host[Symbol.asyncDispose]()
    app[Symbol.dispose]()
  })

  const triesOf = (id: string): unknown[] =>
    app.lines().flatMap((line) => (line['begun'] === id ? [line['dequeueCount']] : []))
  const isSettled = async (): Promise<true | undefined> => ((await app.count()) === 0 ? true : undefined)

  it('is given back at once when its worker dies, and poison when that goes on; its neighbours are not', async () => {
    const deadly = { id: 'deadly', behaviour: 'crash' }
    for (const order of [deadly, { id: 'near', delayMs: 300 }, { id: 'by', delayMs: 300 }])
      await app.send(order)

    await until(isSettled)
    // Once more by itself: only so is it known whose fault the deaths were.
    expect(triesOf('deadly')).toEqual([1, 2, 2])
    expect(app.values('done')).toEqual(expect.arrayContaining(['near', 'by']))
    expect(await app.poison()).toContain(toBase64(deadly))
    expect(await app.count(app.poisonQueue)).toBe(1)
  })

  it('is handled again when its worker dies with the result on its way', async () => {
    await app.send({ id: 'twice', behaviour: 'crashAfterwards' })

    await until(() => (triesOf('twice').length === 2 ? true : undefined))
    await until(isSettled)
    expect(triesOf('twice')).toEqual([1, 2])
    expect(app.values('done').filter((id) => id === 'twice')).toHaveLength(2)
  })

  it.each([
    ['never ends', 'never'],
    ['blocks its worker', 'forever'],
  ])('is cut off at the time-out when its function %s, and poison when that goes on', async (_what, id) => {
    await app.send({ id, behaviour: id })

    await until(isSettled)
    expect(triesOf(id)).toEqual([1, 2])
    expect(await app.poison()).toContain(toBase64({ id, behaviour: id }))
    expect(host.log).toMatch(
      /Timeout value of 00:00:01 exceeded by function 'Functions\.orders' \(Id: '[0-9a-f-]{36}'\)\. Initiating cancellation\./,
    )
  })
})
