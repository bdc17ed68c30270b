import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, jest } from '@jest/globals'
import { EntityId } from 'durable-functions'
import { until } from '../until.ts'
import { TestHost } from './test-host.ts'

jest.setTimeout(120_000)

const load = 30

/** How many pieces of work were done, some of them more than once. */
function doneCount(file: string): number {
  return existsSync(file) ? readFileSync(file, 'utf8').split('\n').length - 1 : 0
}

describe('a hub whose process dies', () => {
  it('ends everything with the right outputs, however often it is killed in the middle of a mixed load', async () => {
    await using host = await TestHost.start()
    const file = join(host.directory, 'trace.txt')
    const keys = Array.from({ length: load }, (_, n) => `m${n}`)
    await Promise.all(keys.map((key) => host.start('mixed', { file, key }, key)))
    await Promise.all(keys.map((key) => host.client.raiseEvent(key, 'go', { to: key })))
    const seed = Date.now() % 1000
    for (let round = 0; round < 6; round++) {
      const killAt = Math.min(doneCount(file) + 1 + ((seed + round * 7) % 15), load * 5)
      await until(() => doneCount(file) >= killAt)
      await host.kill()
      await host.restart()
    }
    const outputs = await Promise.all(keys.map(async (key) => (await host.end(key)).output))
    const expected = keys.map((key) => [
      ...['first', 'a', 'b', 'c', 'child'].map((line) => `${key}.${line}`),
      { to: key },
      1,
    ])
    expect({ seed, outputs }).toEqual({ seed, outputs: expected })
    const shared = await host.client.readEntityState(new EntityId('counter', 'shared'))
    expect(shared.entityState).toBe(load)
    // Work is done at least once, and an entity's operation exactly once.
    const lines = readFileSync(file, 'utf8').trim().split('\n')
    expect(new Set(lines).size).toBe(load * 5)
    for (const key of keys)
      expect((await host.client.readEntityState(new EntityId('counter', key))).entityState).toBe(1)
  })

  it('fires timers that fell due while it was away, and keeps waiting for events', async () => {
    await using host = await TestHost.start()
    const timer = await host.start('timer', 800)
    const waiter = await host.start('waiter')
    await host.until(timer, (status) => status.runtimeStatus !== 'Pending')
    const dueMs = Date.now() + 800
    await host.until(waiter, (status) => status.runtimeStatus === 'Running')
    await host.kill()
    // oxlint-disable-next-line zoetrope/no-sleep-in-tests -- the hub is a process of its own, with the clock of the machine
    await until(() => Date.now() > dueMs)
    await host.restart()
    expect((await host.end(timer)).output).toBeGreaterThanOrEqual(800)
    await host.client.raiseEvent(waiter, 'go', 'late')
    expect((await host.end(waiter)).output).toBe('late')
  })

  it('shows after a clean stop what it showed before', async () => {
    await using host = await TestHost.start()
    const done = await host.run('chain', 3)
    await host.kill('SIGTERM')
    await host.restart()
    expect(await host.status(done.instanceId)).toEqual(done)
  })
})
