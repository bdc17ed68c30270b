import { once } from 'node:events'
import type { IncomingMessage, RequestOptions } from 'node:http'
import { request } from 'node:http'
import { Readable } from 'node:stream'
import { json } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'

import { RunningHost } from './running-host.ts'
import { until } from './until.ts'

jest.setTimeout(60_000)

let host: RunningHost
let url = ''
beforeAll(async () => {
  host = await RunningHost.start(
    {
      app: {
        QUEUE_NAME: 'incoming',
        TRACE_FILE: '/dev/null',
        Storage: 'QueueEndpoint=http://127.0.0.1:1/a;SharedAccessSignature=sig=a',
        'AzureWebJobs.switchedOff.Disabled': 'true',
      },
      streaming: { FUNCTIONS_REQUEST_BODY_SIZE_LIMIT: String(512 * 1024 * 1024) },
    },
    '--verbose',
  )
  url = host.url('app')
})
afterAll(() => host[Symbol.asyncDispose]())

describe('an HTTP function', () => {
  it('gets method, route values, query, headers and body, and its answer comes back whole', async () => {
    const answer = await fetch(`${url}/api/Echo/42/a/b?x=1&x=2&y=`, {
      method: 'PUT',
      body: 'hällo',
      headers: { 'x-test': 'q' },
    })

    expect(answer.status).toBe(200)
    expect(answer.headers.get('x-answer')).toBe('yes')
    expect(answer.headers.get('set-cookie')).toBe('a=b%20c; path=/; httponly')
    expect(await answer.json()).toEqual({
      method: 'PUT',
      params: { id: '42', rest: 'a/b' },
      query: { x: '1,2', y: '' },
      header: 'q',
      body: 'hällo',
    })
  })

  it.each([
    ['GET', '/api/echo/nonumber/a'],
    ['DELETE', '/api/echo/42/a'],
    ['GET', '/echo/42/a'],
    ['GET', '/api/switchedOff'],
    ['GET', '/api/onMessage'],
  ])('is not found by %s %s', async (method, path) => {
    const answer = await fetch(url + path, { method })
    expect([answer.status, await answer.text()]).toEqual([404, ''])
  })

  it('that returns nothing answers 204, one that throws an empty 500, and the log says why', async () => {
    expect((await fetch(`${url}/api/nothing`)).status).toBe(204)
    const failed = await fetch(`${url}/api/throws`)
    expect([failed.status, await failed.text()]).toEqual([500, ''])
    await until(
      () => /Executed 'Functions.throws' \(Failed, Id=[^]*Exception: not today/.exec(host.log) ?? undefined,
    )
  })

  it('keeps a body that comes in chunks', async () => {
    const text = await new Promise<string>((resolve, reject) => {
      const sent = request(`${url}/api/echo/1/x`, { method: 'POST' }, (answer) => {
        let body = ''
        answer.on('data', (chunk: Buffer) => (body += chunk.toString()))
        answer.on('end', () => resolve(body))
      })
      sent.on('error', reject)
      sent.write('one ')
      sent.end('two')
    })
    expect(JSON.parse(text)).toMatchObject({ body: 'one two' })
  })

  it('cannot be called with TRACE, which the library cannot carry, or without a host: 500', async () => {
    const statusOf = async (options: RequestOptions): Promise<number | undefined> =>
      new Promise((resolve, reject) => {
        const sent = request(`${url}/api/traced`, options, (answer) => resolve(answer.resume().statusCode))
        sent.on('error', reject).end()
      })
    expect(await statusOf({ method: 'TRACE' })).toBe(500)
    expect(await statusOf({ headers: { host: ' ' } })).toBe(500)
    expect(await statusOf({})).toBe(200)
  })

  it('is told to send its body only when it has one', async () => {
    const isContinued = async (headers: Record<string, string>): Promise<boolean> =>
      new Promise((resolve, reject) => {
        let hasContinued = false
        const sent = request(`${url}/api/traced`, { headers: { expect: '100-continue', ...headers } })
        sent.on('continue', () => {
          hasContinued = true
          sent.end('body')
        })
        sent.on('response', (answer) => {
          answer.resume()
          resolve(hasContinued)
        })
        sent.on('error', reject)
        sent.flushHeaders()
      })
    expect(await isContinued({ 'content-length': '4' })).toBe(true)
    expect(await isContinued({ 'content-length': '0' })).toBe(false)
  })

  it('finds the address of its app in WEBSITE_HOSTNAME', async () => {
    const answer = await fetch(`${url}/api/hostname`)
    expect(await answer.text()).toBe(`localhost:${new URL(url).port}`)
  })

  it('that ends its process answers 503 with Retry-After, and the next call has a new process', async () => {
    const before = await (await fetch(`${url}/api/pid`)).json()
    const lost = await fetch(`${url}/api/crash`)
    expect([lost.status, lost.headers.get('retry-after')]).toEqual([503, '1'])
    expect(await (await fetch(`${url}/api/pid`)).json()).not.toBe(before)
  })

  it('that hangs is killed at its time-out, and the next call is served', async () => {
    expect((await fetch(`${url}/api/hang`)).status).toBe(500)
    expect((await fetch(`${url}/api/pid`)).status).toBe(200)
  })
})

describe('an HTTP function that streams', () => {
  it('gives back what it gets while it is still being sent', async () => {
    const chunks: string[] = []
    await new Promise<void>((resolve, reject) => {
      const sent = request(`${host.url('streaming')}/pipe/7`, { method: 'POST' }, (answer) => {
        expect(answer.statusCode).toBe(201)
        expect(answer.headers['x-id']).toBe('7')
        answer.on('data', (chunk: Buffer) => {
          chunks.push(chunk.toString())
          // The second part is sent only when the first has come back.
          if (chunks.length === 1) sent.end('second')
        })
        answer.on('end', resolve)
      })
      sent.on('error', reject)
      sent.write('first')
    })
    expect(chunks.join('|')).toBe('first|second')
  })

  it('takes a body far larger than what is held in memory elsewhere', async () => {
    const chunk = Buffer.alloc(1024 * 1024, 7)
    const sent = request(`${host.url('streaming')}/length`, { method: 'POST' })
    const answered = once(sent, 'response') as Promise<[IncomingMessage]>
    await pipeline(Readable.from(Array.from({ length: 160 }, () => chunk)), sent)
    const [answer] = await answered
    expect(await json(answer)).toEqual({ sizeBytes: 160 * 1024 * 1024 })
  })

  it.each([
    ['headers of 30 KB', { 'x-big': 'v'.repeat(30_000) }],
    ['an expectation that nobody knows', { expect: '200-maybe' }],
  ])('is reached with %s', async (_case, headers) => {
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const sent = request(`${host.url('streaming')}/length`, { method: 'POST', headers }, (answer) => {
        answer.resume()
        resolve(answer.statusCode)
      })
      sent.on('error', reject).end('body')
    })
    expect(status).toBe(200)
  })

  it('that loses its process answers 503 with Retry-After', async () => {
    const lost = await fetch(`${host.url('streaming')}/crash`)
    expect([lost.status, lost.headers.get('retry-after')]).toEqual([503, '1'])
    expect((await fetch(`${host.url('streaming')}/nothing`)).status).toBe(204)
  })

  it('answers 500 when it throws and 204 when it returns nothing', async () => {
    expect((await fetch(`${host.url('streaming')}/throws`)).status).toBe(500)
    expect((await fetch(`${host.url('streaming')}/nothing`)).status).toBe(204)
  })
})

describe('the admin door', () => {
  it('is shut to the pages of other origins, and open to its own', async () => {
    const wake = async (origin: string): Promise<number> => {
      const headers = { origin, 'content-type': 'text/plain' }
      return (await fetch(`${url}/admin/host/wake`, { method: 'POST', body: '{}', headers })).status
    }
    expect(await wake('https://evil.example')).toBe(403)
    expect(await wake('http://localhost:1')).toBe(403)
    expect(await wake('null')).toBe(403)
    expect(await wake(`http://evil.example:${new URL(url).port}`)).toBe(403)
    expect(await wake(url)).toBe(202)
    expect(await wake(url.replace('127.0.0.1', 'localhost'))).toBe(202)
  })

  it('is shut to a name that only points to this machine', async () => {
    const statusFor = async (name: string): Promise<number | undefined> => {
      const call = request(`${url}/admin/host/keys`, { headers: { host: name } }).end()
      const [answer] = (await once(call, 'response')) as [IncomingMessage]
      answer.resume()
      return answer.statusCode
    }
    expect(await statusFor(`evil.example:${new URL(url).port}`)).toBe(403)
    expect(await statusFor('localhost')).toBe(200)
  })

  it('answers 400 to an input that is no text', async () => {
    const invoked = await fetch(`${url}/admin/functions/everySecond`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"input":{"toString":"x"}}',
    })
    expect(invoked.status).toBe(400)
  })

  it('passes over a queue to wake that has no name', async () => {
    const woken = await fetch(`${url}/admin/host/wake`, { method: 'POST', body: '{"queue":{"toString":1}}' })
    expect(woken.status).toBe(202)
  })

  it('says that the host runs, lists the functions and runs one by name', async () => {
    expect(await (await fetch(`${url}/admin/host/status`)).json()).toMatchObject({ state: 'Running' })
    const functions = (await (await fetch(`${url}/admin/functions`)).json()) as { name: string }[]
    expect(functions.map(({ name }) => name)).toContain('onEvent')
    const run = (name: string): Promise<Response> =>
      fetch(`${url}/admin/functions/${name}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ input: '{}' }),
      })
    expect((await run('everySecond')).status).toBe(202)
    expect((await run('nobody')).status).toBe(404)
  })
})
