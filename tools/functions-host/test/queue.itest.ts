import { readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { QueueServiceClient } from '@azure/storage-queue'
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'

import { RunningAzurite } from './running-azurite.ts'
import { RunningHost } from './running-host.ts'
import { until } from './until.ts'

jest.setTimeout(60_000)

type Line = Record<string, unknown>

let azurite: RunningAzurite
let queues: QueueServiceClient
beforeAll(async () => {
  azurite = await RunningAzurite.start()
  queues = QueueServiceClient.fromConnectionString(azurite.connection)
})
afterAll(() => azurite[Symbol.asyncDispose]())

/** A host of the fixture app on queues of its own. */
async function startApp(queueName: string): Promise<{ host: RunningHost; lines: () => Line[] }> {
  const trace = join(tmpdir(), `functions-host-trace-${crypto.randomUUID()}`)
  const host = await RunningHost.start({
    app: { QUEUE_NAME: queueName, TRACE_FILE: trace, Storage: azurite.connection },
  })
  const lines = (): Line[] => {
    try {
      const text = readFileSync(trace, 'utf8').trim()
      return text.split('\n').map((line) => JSON.parse(line) as Line)
    } catch {
      return []
    }
  }
  return { host, lines }
}

const send = (queueName: string, message: unknown): Promise<unknown> =>
  queues.getQueueClient(queueName).sendMessage(Buffer.from(JSON.stringify(message)).toString('base64'))

async function receiveTexts(queueName: string): Promise<string[]> {
  try {
    const { receivedMessageItems } = await queues
      .getQueueClient(queueName)
      .receiveMessages({ numberOfMessages: 32, visibilityTimeout: 1 })
    return receivedMessageItems.map(({ messageText }) => Buffer.from(messageText, 'base64').toString())
  } catch {
    return []
  }
}

const countOf = async (queueName: string): Promise<number> =>
  (await queues.getQueueClient(queueName).getProperties()).approximateMessagesCount ?? 0

describe('a queue function', () => {
  it('waits for its queue to be made, handles a message once, and writes its output message', async () => {
    const { host, lines } = await startApp('q-once')
    await using _ = host
    await queues.createQueue('q-once')
    await send('q-once', { text: 'grüße' })

    await until(async () => (await receiveTexts('out')).find((text) => text === '{"text":"GRÜSSE"}'))
    await until(async () => ((await countOf('q-once')) === 0 ? true : undefined))
    expect(lines().filter((line) => line['queue'])).toEqual([
      { queue: 'in', message: { text: 'grüße' }, dequeueCount: 1 },
    ])
  })

  it('that fails is tried again at once, and at its last try the message goes to the poison queue', async () => {
    await queues.createQueue('q-poison-test')
    const { host, lines } = await startApp('q-poison-test')
    await using _ = host
    await send('q-poison-test', { behaviour: 'fail' })

    const [poison] = await until(async () => {
      const texts = await receiveTexts('q-poison-test-poison')
      return texts.length > 0 ? texts : undefined
    })
    expect(poison).toBe('{"behaviour":"fail"}')
    expect(lines().flatMap((line) => line['dequeueCount'] ?? [])).toEqual([1, 2])
    await until(async () => ((await countOf('q-poison-test')) === 0 ? true : undefined))
  })

  it('whose worker dies gives its messages back at once', async () => {
    await queues.createQueue('q-crash')
    const { host, lines } = await startApp('q-crash')
    await using _ = host
    await send('q-crash', { behaviour: 'crashOnce' })

    await until(() => lines().find((line) => line['done']))
    expect(lines().flatMap((line) => line['dequeueCount'] ?? [])).toEqual([1, 2])
  })

  it('is woken before its next poll', async () => {
    await queues.createQueue('q-wake')
    const { host, lines } = await startApp('q-wake')
    await using _ = host
    await send('q-wake', { text: 'a' })
    const answer = await fetch(`${host.url('app')}/admin/host/wake`, {
      method: 'POST',
      body: '{"queue":"q-wake"}',
    })
    expect(answer.status).toBe(202)
    await until(() => lines().find((line) => line['done']))
  })

  it('ends what it runs before the host ends', async () => {
    await queues.createQueue('q-drain')
    const { host, lines } = await startApp('q-drain')
    await using _ = host
    await send('q-drain', { behaviour: 'slow' })
    await until(() => lines().find((line) => line['queue']))

    expect(await host.end('SIGTERM')).toBe(0)
    expect(lines().some((line) => line['done'])).toBe(true)
    expect(await countOf('q-drain')).toBe(0)
  })

  it('runs each of a hundred messages, though its worker is killed in the middle', async () => {
    await queues.createQueue('q-many')
    const { host, lines } = await startApp('q-many')
    await using _ = host
    const all = Array.from({ length: 100 }, (_item, n) => `m${n}`)
    for (const [n, text] of all.entries())
      await send('q-many', { text, behaviour: n === 50 ? 'crashOnce' : 'none' })

    const handled = (): Set<unknown> =>
      new Set(lines().flatMap((line) => (line['done'] as { text?: string } | undefined)?.text ?? []))
    await until(() => (handled().size === 100 ? true : undefined), 40_000)
    await until(async () => ((await countOf('q-many')) === 0 ? true : undefined))
    expect(await receiveTexts('q-many-poison')).toEqual([])
  })
})

describe('a timer function', () => {
  it('runs at each second, not past due', async () => {
    const { host, lines } = await startApp('q-timer')
    await using _ = host
    await until(() => (lines().filter((line) => 'timer' in line).length >= 2 ? true : undefined))
    expect(lines().filter((line) => 'timer' in line && line['timer'] !== false)).toEqual([])
  })
})

describe('a warmup function', () => {
  it('runs once at the start', async () => {
    const { host, lines } = await startApp('q-warm')
    await using _ = host
    await until(() => lines().find((line) => line['warm']))
  })
})
