import { randomBytes } from 'node:crypto'
import { request } from 'node:http'
import { json } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'

import { RunningHost } from './running-host.ts'
import { until } from './until.ts'

jest.setTimeout(60_000)

const mebibyte = 1024 * 1024

let host: RunningHost
let url = ''
beforeAll(async () => {
  host = await RunningHost.start({
    workers: { FUNCTIONS_WORKER_PROCESS_COUNT: '2' },
    streaming: { FUNCTIONS_WORKER_PROCESS_COUNT: '2' },
  })
  url = `${host.url('workers')}/api`
})
afterAll(() => host[Symbol.asyncDispose]())

/** Starts a request that its function never answers; answers which worker holds it, and its status once there is one. */
async function hold(): Promise<{ pid: number; status: Promise<number> }> {
  const before = host.log.length
  const status = fetch(`${url}/hold`).then((answer) => answer.status)
  const pid = await until(() => /Held by (\d+)\./.exec(host.log.slice(before))?.[1])
  return { pid: Number(pid), status }
}

/** As `hold`, with another worker than this one, which may be starting still. */
async function holdElsewhere(pid: number): ReturnType<typeof hold> {
  await until(async () => (await pidOfNext()) !== pid || undefined)
  return hold()
}

async function pidOfNext(): Promise<number> {
  return (await (await fetch(`${url}/pid`)).json()) as number
}

describe('the way to a worker and back', () => {
  it('takes 100 MB in both directions', async () => {
    const body = randomBytes(100 * mebibyte)
    const answer = await fetch(`${url}/bytes`, { method: 'POST', body })
    const received = Buffer.from(await answer.arrayBuffer())
    expect(received.byteLength).toBe(body.byteLength)
    expect(received.equals(body)).toBe(true)
  })

  it('takes 1,000 requests at once, and mixes none up', async () => {
    const sizes = Array.from({ length: 1000 }, (_each, index) =>
      index % 100 === 0 ? 200_000 + index : index,
    )
    const echoed = await Promise.all(
      sizes.map(async (size, index) => {
        const body = Buffer.alloc(size, index)
        const answer = await fetch(`${url}/bytes`, { method: 'POST', body })
        return body.equals(Buffer.from(await answer.arrayBuffer()))
      }),
    )
    expect(echoed.filter((isSame) => !isSame)).toEqual([])
  })

  it('is as good for a response object as for a plain one', async () => {
    const answer = await fetch(`${url}/same`, { method: 'POST', body: 'x' })
    expect([answer.status, answer.headers.get('content-type'), await answer.text()]).toEqual([
      202,
      'text/plain;charset=UTF-8',
      'x',
    ])
  })
})

describe('the context of an invocation', () => {
  // The library makes that of a request that it has something to say about: GET with a body.
  const contextOf = async (headers: Record<string, string>): Promise<{ context: unknown; log: string[] }> => {
    const before = host.log.length
    const context = await new Promise<unknown>((resolve, reject) => {
      const sent = request(`${url}/context`, { headers }, (answer) => resolve(json(answer)))
      sent.on('error', reject).end(headers['content-length'] ? 'x' : '')
    })
    await until(() => host.log.slice(before).includes('too late') || undefined)
    const lines = host.log.slice(before).match(/(a warning of context|Unexpected call to 'log'|too late)/g)
    return { context, log: [...(lines ?? [])] }
  }

  it('is that of the library, and so is what it logs while the function runs and afterwards', async () => {
    const plain = await contextOf({})
    expect(plain).toEqual(await contextOf({ 'content-length': '1' }))
    expect(plain.context).toMatchObject({
      hasId: true,
      functionName: 'context',
      traceFields: ['traceParent'],
    })
    expect(plain.log).toEqual(['a warning of context', "Unexpected call to 'log'", 'too late'])
  })
})

describe('several workers', () => {
  it('share the requests: the one with the least to do gets the next', async () => {
    const first = await hold()
    const second = await hold()
    expect(second.pid).not.toBe(first.pid)
    process.kill(second.pid, 'SIGKILL')
    expect(await second.status).toBe(503)
    process.kill(first.pid, 'SIGKILL')
    expect(await first.status).toBe(503)
    await until(async () => new Set([await pidOfNext(), first.pid, second.pid]).size === 3 || undefined)
  })

  it('lose only what the dead one ran, and it alone is replaced', async () => {
    const dead = await hold()
    const other = await holdElsewhere(dead.pid)
    const before = host.log.length
    process.kill(dead.pid, 'SIGKILL')
    expect(await dead.status).toBe(503)
    const replaced = await until(async () => {
      const pid = await pidOfNext()
      return pid !== dead.pid && pid !== other.pid ? pid : undefined
    })
    expect(process.kill(other.pid, 0)).toBe(true)
    expect(process.kill(replaced, 0)).toBe(true)
    expect(host.log.slice(before).match(/The worker ended/g)).toHaveLength(1)
    process.kill(other.pid, 'SIGKILL')
    expect(await other.status).toBe(503)
  })

  it('stream each request through the worker that runs its function', async () => {
    const bodies = await Promise.all(
      Array.from({ length: 40 }, async (_each, index) => {
        const answer = await fetch(`${host.url('streaming')}/pipe/${index}`, {
          method: 'POST',
          body: `body ${index}`,
        })
        return `${answer.headers.get('x-id')} ${await answer.text()}`
      }),
    )
    expect(bodies).toEqual(Array.from({ length: 40 }, (_each, index) => `${index} body ${index}`))
  })

  it('are not started for a count that is none', async () => {
    await expect(RunningHost.start({ workers: { FUNCTIONS_WORKER_PROCESS_COUNT: 'two' } })).rejects.toThrow(
      'FUNCTIONS_WORKER_PROCESS_COUNT is "two": use a whole number from 1 to 10',
    )
  })
})
