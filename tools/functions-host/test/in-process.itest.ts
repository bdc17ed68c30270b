import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'

import { until } from './until.ts'

jest.setTimeout(30_000)

const directory = mkdtempSync(join(tmpdir(), 'functions-host-in-process-test-'))
const settings = join(directory, 'settings.json')
writeFileSync(settings, '{}')

/** A host with function code in its own process. It needs a process without Jest's own way of loading modules. */
class InProcessHost {
  readonly #child: ChildProcess
  url = ''
  log = ''

  private constructor(app: string) {
    const folder = join(import.meta.dirname, 'fixtures', app)
    this.#child = spawn(process.execPath, [join(import.meta.dirname, 'in-process-host.ts'), folder, settings])
    const keep = (chunk: Buffer): void => void (this.log += chunk.toString())
    this.#child.stdout?.on('data', keep)
    this.#child.stderr?.on('data', keep)
  }

  static async start(app: string): Promise<InProcessHost> {
    const host = new InProcessHost(app)
    host.url = await until(() => /"url":"([^"]+)"/.exec(host.log)?.[1])
    return host
  }

  get pid(): number | undefined {
    return this.#child.pid
  }

  async end(): Promise<number | null> {
    if (this.#child.exitCode === null) {
      this.#child.kill('SIGTERM')
      await once(this.#child, 'exit')
    }
    return this.#child.exitCode
  }
}

let host: InProcessHost
let streaming: InProcessHost
beforeAll(async () => {
  ;[host, streaming] = await Promise.all([InProcessHost.start('workers'), InProcessHost.start('streaming')])
})
afterAll(async () => {
  expect(await Promise.all([host.end(), streaming.end()])).toEqual([0, 0])
  rmSync(directory, { recursive: true, force: true })
})

describe('function code in the process of the host', () => {
  it('runs there', async () => {
    expect(await (await fetch(`${host.url}/api/pid`)).json()).toBe(host.pid)
  })

  it('gets its request, and gives its answer', async () => {
    const answer = await fetch(`${host.url}/api/json/7?a=1&a=2`, { method: 'POST', body: '{"b":"ü"}' })
    expect([answer.status, answer.headers.get('content-type'), await answer.json()]).toEqual([
      201,
      'application/json',
      {
        url: '/api/json/7',
        params: { id: '7' },
        query: [['a', '1,2']],
        body: { b: 'ü' },
        trigger: 'httpTrigger',
      },
    ])
  })

  it('may answer with a response object', async () => {
    const answer = await fetch(`${host.url}/api/same`, { method: 'POST', body: 'hällo' })
    expect([answer.status, await answer.text()]).toEqual([202, 'hällo'])
  })

  it('logs, and fails, as it would elsewhere', async () => {
    const answer = await fetch(`${host.url}/api/late`)
    expect([answer.status, await answer.text()]).toEqual([500, ''])
    await until(() => /a line of its own[^]*Failed[^]*not today/.test(host.log) || undefined)
  })
})

describe('a function that streams in the process of the host', () => {
  it('gives back what it gets while it is still being sent', async () => {
    const chunks: string[] = []
    const sent = request(`${streaming.url}/pipe/7`, { method: 'POST' })
    sent.write('first')
    const [answer] = (await once(sent, 'response')) as [IncomingMessage]
    for await (const chunk of answer) {
      chunks.push(String(chunk))
      if (chunks.length === 1) sent.end('second')
    }
    expect([answer.statusCode, answer.headers['x-id'], chunks.join('|')]).toEqual([201, '7', 'first|second'])
    expect(answer.headers).not.toHaveProperty('x-ms-invocation-id')
  })

  it.each([
    ['nothing', 204],
    ['throws', 500],
  ])('that %s is answered, and leaves the host running', async (name, status) => {
    const answer = await fetch(`${streaming.url}/${name}`)
    expect([answer.status, await answer.text()]).toEqual([status, ''])
  })
})
