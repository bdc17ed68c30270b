import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'

import { randomRequest } from './fuzz/random-request.ts'
import { randomSql } from './fuzz/random-sql.ts'
import { sendBytes } from './fuzz/send-bytes.ts'
import { sqlOutcome } from './fuzz/sql-outcome.ts'
import { openContainer } from './open-container.ts'
import type { OpenedContainer } from './open-container.ts'
import { randomOf } from './random.ts'
import { sendSigned } from './signed-request.ts'

/** Few in `npm test`; `FUZZ_TEXTS=100000 FUZZ_QUERIES=3000 FUZZ_REQUESTS=20000` for many. */
const counts = {
  texts: Number(process.env.FUZZ_TEXTS ?? 1000),
  queries: Number(process.env.FUZZ_QUERIES ?? 100),
  requests: Number(process.env.FUZZ_REQUESTS ?? 400),
}
const seed = Number(process.env.FUZZ_SEED ?? Date.now() % 1_000_000)
const manyMegabytes = 150
const atOnce = 16
const longRunMs = 1_200_000

let opened: OpenedContainer
beforeAll(async () => {
  console.info(`FUZZ_SEED=${seed}`)
  opened = await openContainer()
  const { database } = await opened.client.databases.createIfNotExists({ id: 'fuzz' })
  await database.containers.createIfNotExists({ id: 'things', partitionKey: '/tenantId' })
  await opened.container.items.create({ id: 'there', tenantId: 't', n: 1, list: [1, 'a'] })
})
afterAll(async () => {
  await opened[Symbol.asyncDispose]()
})

function tally<T extends string>(outcomes: Map<T, number>, outcome: T): void {
  outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1)
}

/** Runs many, and checks that the memory of the process does not grow on and on. */
async function runMany(count: number, run: (at: number) => Promise<void>): Promise<void> {
  const memory: number[] = []
  for (let at = 0; at < count; at += 1) {
    if (at % Math.ceil(count / 4) === 0) memory.push(process.memoryUsage().rss / 2 ** 20)
    await run(at)
  }
  memory.push(process.memoryUsage().rss / 2 ** 20)
  console.info(`Resident memory, in MB: ${memory.map(Math.round).join(', ')}`)
  expect(Number(memory.at(-1)) - Number(memory[1])).toBeLessThan(manyMegabytes)
}

describe('random SQL', () => {
  it(
    `of ${counts.texts} texts runs or is refused with a message, and so is its plan`,
    async () => {
      const random = randomOf(seed)
      const outcomes = new Map<string, number>()
      await runMany(counts.texts, async () => {
        const text = randomSql(random)
        const outcome = sqlOutcome(text)
        if (typeof outcome !== 'string') throw new Error(`${JSON.stringify(text)}: ${outcome.wrong}`)
        tally(outcomes, outcome)
      })
      console.info(Object.fromEntries(outcomes))
      expect(outcomes.get('ran')).toBeGreaterThan(counts.texts / 10)
      expect(outcomes.get('refused')).toBeGreaterThan(counts.texts / 10)
    },
    longRunMs,
  )

  it(
    `of ${counts.queries} queries over HTTP gets rows, or 400 and a message`,
    async () => {
      const random = randomOf(seed + 1)
      const [account] = opened.emulator.accounts
      const statuses = new Map<string, number>()
      await runMany(counts.queries, async (at) => {
        const query = randomSql(random)
        const isPlan = at % 3 === 0
        const answer = await sendSigned(account!, 'POST', '/dbs/media/colls/things/docs', {
          headers: {
            'content-type': 'application/query+json',
            ...(isPlan
              ? { 'x-ms-cosmos-is-query-plan-request': 'True' }
              : { 'x-ms-documentdb-isquery': 'True' }),
          },
          body: JSON.stringify({ query, parameters: [{ name: '@p', value: [1] }] }),
        })
        const hasMessage = (answer.json as { message?: unknown } | undefined)?.message !== undefined
        if (answer.status !== 200 && !(answer.status === 400 && hasMessage))
          throw new Error(`${JSON.stringify(query)}: ${answer.status} ${answer.text}`)
        tally(statuses, String(answer.status))
      })
      console.info(Object.fromEntries(statuses))
    },
    longRunMs,
  )
})

describe('random requests', () => {
  it(
    `of which ${counts.requests} are sent are answered, or refused with a message`,
    async () => {
      const random = randomOf(seed + 2)
      const [account] = opened.emulator.accounts
      const statuses = new Map<string, number>()
      const send = async (): Promise<void> => {
        const { bytes, method } = randomRequest(random, account!)
        const { statuses: heard, text } = await sendBytes(account!.endpoint, bytes)
        const fault = faultOf(heard, text, method)
        if (fault !== undefined)
          throw new Error(`${fault}\n${bytes.toString('latin1').slice(0, 2000)}\n\n${text.slice(0, 2000)}`)
        for (const status of heard) tally(statuses, String(status))
      }
      const parts = 4
      await runMany(parts, async () => {
        let left = Math.ceil(counts.requests / parts)
        const lane = async (): Promise<void> => {
          for (; left > 0;) {
            left -= 1
            await send()
          }
        }
        await Promise.all(Array.from({ length: atOnce }, lane))
      })
      console.info(Object.fromEntries(statuses))
      // Others are served as before.
      expect((await opened.container.item('there', 't').read()).resource).toMatchObject({ n: 1 })
    },
    longRunMs,
  )

  it('that follow one another over a connection are answered in their order', async () => {
    const [account] = opened.emulator.accounts
    const { host } = new URL(account!.endpoint)
    const get = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: ${host}\r\n\r\n`
    const { statuses } = await sendBytes(
      account!.endpoint,
      Buffer.from(get('/dbs') + get('/dbs/%zz') + get('/nowhere')),
    )

    expect(statuses).toEqual([401, 400, 401])
  })
})

const start = (method: string): string => `${method} / HTTP/1.1\r\nHost: localhost\r\n`

describe('bytes that are no request', () => {
  it.each([
    ['of no protocol', '\u0000\u0001 nonsense\r\n\r\n', 400],
    ['without a host', 'GET / HTTP/1.1\r\nConnection: close\r\n\r\n', 400],
    ['with a header that is none', `${start('GET')}no header\r\n\r\n`, 400],
    ['with headers of 20 KB', `${start('GET')}x: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
    ['with two lengths', `${start('POST')}Content-Length: 1\r\nContent-Length: 2\r\n\r\n{}`, 400],
    ['with a chunk that is none', `${start('POST')}Transfer-Encoding: chunked\r\n\r\nzz\r\n`, 400],
  ])('%s are answered with a message', async (_, text, status) => {
    const [account] = opened.emulator.accounts
    const heard = await sendBytes(account!.endpoint, Buffer.from(text))

    expect(heard.statuses).toEqual([status])
    expect(heard.text).toContain('"message":"')
  })
})

/** What is wrong with an answer. An operation that is not built is refused by its name, with 501. */
function faultOf(statuses: readonly number[], text: string, method: string): string | undefined {
  const [status] = statuses
  if (status === undefined) return method === 'CONNECT' ? undefined : 'There is no answer.'
  if (status < 400) return undefined
  if (status >= 500 && status !== 501) return `The status is ${status}.`
  return method === 'HEAD' || text.includes('"message":"') ? undefined : 'There is no message.'
}
