import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'
import { TestHost } from './test-host.ts'

jest.setTimeout(60_000)

let host: TestHost
let server: Server
let origin: string
beforeAll(async () => {
  host = await TestHost.start()
  server = createServer((request, response) => {
    const port = (server.address() as AddressInfo).port
    if (request.url === '/cookie') response.setHeader('set-cookie', 'session=1')
    if (request.url === '/moves')
      response.writeHead(202, { location: `http://127.0.0.1:${port}/there`, 'retry-after': '0' })
    response.end(String(request.headers.authorization))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  origin = `http://localhost:${(server.address() as AddressInfo).port}`
})
afterAll(async () => {
  server.close()
  await host[Symbol.asyncDispose]()
})

/** How often the log tells that Azure differs. */
function told(text: RegExp): number {
  return host.log.split('\n').filter((line) => /Azure/.test(line) && text.test(line)).length
}

describe('where the real extension hangs, loses, leaks or deletes, there is a failure or the right thing, and one log line', () => {
  it.each([
    ['throws no Error', 'throwsString', 'plain', /throwsString: It failed .* stay Running for ever/],
    ['calls an unknown activity', 'catching', 'nope', /catching: The function 'nope' doesn't exist/],
    ['calls an unknown sub-orchestrator', 'parent', { name: 'none' }, /parent: The function 'none'/],
    ['runs out of retry time', 'retry', { failures: 99, max: 9, timeoutMs: 1 }, /retry timeout ran out/],
    ['leaves events behind in continueAsNew', 'leavesEvents', 1, /leavesEvents: Events .* carried over/],
  ])('an orchestration that %s', async (_, name, input, line) => {
    for (let times = 0; times < 2; times += 1) {
      const id = await host.start(name, input)
      if (name === 'leavesEvents') for (const n of [1, 2]) await host.client.raiseEvent(id, 'go', n)
      expect((await host.end(id)).runtimeStatus).toBe(name === 'throwsString' ? 'Failed' : 'Completed')
    }
    expect(told(line)).toBe(1)
  })

  it('a child that is to have the id of a running instance', async () => {
    const taken = await host.start('waiter')
    await host.run('parent', { name: 'chain', input: 1, id: taken })
    expect(await host.status(taken)).toMatchObject({ name: 'waiter' })
    expect(told(/parent: A child was to have the id of a running instance/)).toBe(1)
    expect((await host.manage('DELETE', `instances/${taken}`)).status).toBe(412)
    expect(told(new RegExp(`${taken} is \\w+ and was not purged`))).toBe(1)
    const from = `createdTimeFrom=2020-01-01T00:00:00Z&runtimeStatus=Running`
    expect((await host.manage('DELETE', `instances?${from}`)).status).toBe(404)
    expect(told(/A purge by filter left what has not ended/)).toBe(1)
    expect(await host.status(taken)).toMatchObject({ name: 'waiter' })
    await host.client.terminate(taken, 'end')
  })

  it('cookies and credentials of callHttp', async () => {
    const headers = { Authorization: 'Bearer secret' }
    await host.run('http', { method: 'GET', url: `${origin}/cookie` })
    expect(told(/Cookies of a callHttp were not kept/)).toBe(1)
    const moved = await host.run('http', { method: 'GET', url: `${origin}/moves`, headers })
    expect(moved.output).toEqual([200, 'undefined'])
    expect(told(/Authorization and Cookie of a callHttp were not sent on/)).toBe(1)
  })

  it('a start in a task hub where nobody runs it', async () => {
    const start = await host.manage('POST', 'orchestrators/chain?taskHub=Elsewhere', '1')
    expect(start.status).toBe(404)
    expect(told(/task hub "Elsewhere", where nobody would run it/)).toBe(1)
  })
})
