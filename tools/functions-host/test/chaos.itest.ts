import { readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { QueueClient } from '@azure/storage-queue'
import { QueueServiceClient } from '@azure/storage-queue'
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'

import { RunningAzurite } from './running-azurite.ts'
import { RunningHost } from './running-host.ts'
import { until } from './until.ts'

jest.setTimeout(60_000)

const orders = Array.from({ length: 30 }, (_order, n) => n)

/** What is left of one round: the orders as their function was given them, and what chaos did. */
interface Round {
  readonly given: readonly number[]
  readonly activities: readonly string[]
  readonly output: unknown
  /** What was done to messages that came for the first time. */
  readonly acts: readonly string[]
  readonly log: string
}

let azurite: RunningAzurite
let queue: QueueClient
beforeAll(async () => {
  azurite = await RunningAzurite.start()
  queue = QueueServiceClient.fromConnectionString(azurite.connection).getQueueClient('chaos')
  await queue.create()
})
afterAll(() => azurite[Symbol.asyncDispose]())

/** Sends all orders, and runs an orchestration, in a host with these flags. */
async function play(...flags: string[]): Promise<Round> {
  const trace = join(tmpdir(), `functions-host-chaos-${crypto.randomUUID()}`)
  const linesOf = (kind: string): string[] => {
    const lines = readFileSync(trace, { encoding: 'utf8', flag: 'a+' }).split('\n')
    return lines.filter((line) => line.startsWith(`${kind} `)).map((line) => line.slice(kind.length + 1))
  }
  for (const n of orders) await queue.sendMessage(Buffer.from(`{"n":${n}}`).toString('base64'))
  const settings = { Storage: azurite.connection, TRACE_FILE: trace, FUNCTIONS_HOST_INSTANCES: '2' }
  await using host = await RunningHost.start({ chaos: settings }, ...flags)
  try {
    const statusUrl = await until(async () => {
      // An instance may be killed under the request.
      const response = await fetch(`${host.url('chaos')}/api/start`, { method: 'POST' })
      if (response.status !== 202) return undefined
      return ((await response.json()) as { statusQueryGetUri: string }).statusQueryGetUri
    })
    const output = await until(async () => {
      const response = await fetch(statusUrl)
      return response.status === 200 ? ((await response.json()) as { output: unknown }).output : undefined
    })
    await until(async () => {
      const { approximateMessagesCount } = await queue.getProperties()
      return (approximateMessagesCount === 0 && new Set(linesOf('order')).size === orders.length) || undefined
    })
    const acts = host.log.matchAll(/Chaos \d+: (queue message .*)$/gm)
    return {
      given: linesOf('order').map(Number),
      activities: linesOf('activity'),
      output,
      acts: [...acts]
        .map(([, act = '']) => act)
        .filter((act) => !act.includes('(time '))
        .toSorted(),
      log: host.log,
    }
  } finally {
    rmSync(trace, { force: true })
  }
}

const isTwice = (values: readonly unknown[]): boolean => new Set(values).size < values.length
const inOrder = (values: readonly number[]): number[] => values.toSorted((one, other) => one - other)

describe('an app under chaos', () => {
  it('is not touched without it', async () => {
    const { given, activities, acts } = await play()
    expect([isTwice(given), isTwice(activities), acts]).toEqual([false, false, []])
  })

  it('gets messages twice and out of order, loses none, and meets the same again by the same seed', async () => {
    const first = await play('--chaos', '4711')
    expect(first.log).toContain('Chaos: seed 4711.')
    expect(first.log).toContain('Repeat with --chaos 4711')
    // What adds up all that it is given is wrong now; what keeps which it has seen is right.
    expect(first.given.length).toBeGreaterThan(orders.length)
    expect(inOrder([...new Set(first.given)])).toEqual(orders)
    expect(inOrder(first.given)).not.toEqual(first.given)
    expect(isTwice(first.activities)).toBe(true)
    expect(first.output).toEqual(orders)
    const second = await play('--chaos', '4711')
    expect(second.acts).toEqual(first.acts)
  })
})
