import { join } from 'node:path'
import { describe, expect, it, jest } from '@jest/globals'
import { TestHost } from './test-host.ts'

jest.setTimeout(60_000)

describe('a whole host', () => {
  it('runs an activity and an episode again whose worker died, and loses nothing', async () => {
    await using host = await TestHost.start({ isWhole: true })
    const id = await host.start('survivor', join(host.directory, 'died'))
    const others = await Promise.all([1, 2, 3].map((n) => host.start('chain', n)))
    expect((await host.end(id)).output).toEqual(['survived', 'on'])
    expect(await Promise.all(others.map(async (other) => (await host.end(other)).output))).toEqual([1, 2, 3])
  })

  it('serves the client of the app, and the links that it gives away', async () => {
    await using host = await TestHost.start({ isWhole: true })
    const response = await fetch(`${host.baseUrl}/api/starts`, { method: 'POST', body: '4' })
    expect([response.status, await response.json()]).toEqual([200, 4])
    const id = await host.start('waiter')
    const links = host.client.createHttpManagementPayload(id)
    const path = new URL(links.sendEventPostUri.replace('{eventName}', 'go'))
    const headers = { 'content-type': 'application/json' }
    const raised = await fetch(`${host.baseUrl}${path.pathname}${path.search}`, {
      method: 'POST',
      headers,
      body: '7',
    })
    expect(raised.status).toBe(202)
    expect((await host.end(id)).output).toBe(7)
  })

  it('survives kill -9 of host and worker', async () => {
    await using host = await TestHost.start({ isWhole: true })
    const ids = await Promise.all([1, 2, 3, 4].map((n) => host.start('chain', n * 10)))
    await host.kill()
    await host.restart()
    expect(await Promise.all(ids.map(async (id) => (await host.end(id)).output))).toEqual([10, 20, 30, 40])
  })
})
