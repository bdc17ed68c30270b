import { writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'
import { EntityId, OrchestrationRuntimeStatus } from 'durable-functions'
import { until } from '../until.ts'
import { TestHost } from './test-host.ts'

jest.setTimeout(60_000)

let host: TestHost
beforeAll(async () => {
  host = await TestHost.start()
})
afterAll(() => host[Symbol.asyncDispose]())

describe('an orchestration', () => {
  it('runs a chain of activities', async () => {
    const status = await host.run('chain', 5)
    expect(status).toMatchObject({
      name: 'chain',
      runtimeStatus: 'Completed',
      input: 5,
      output: 5,
      customStatus: null,
    })
  })

  it('fans out to a hundred activities and in again, in order', async () => {
    expect((await host.run('fan', 100)).output).toEqual(Array.from({ length: 100 }, (_, i) => i))
  })

  it('gives an activity objects as they are, and booleans as .NET spells them', async () => {
    expect((await host.run('single', { a: [1, 'ö'] })).output).toEqual({
      type: 'object',
      input: { a: [1, 'ö'] },
    })
    expect((await host.run('single', 'text')).output).toEqual({ type: 'string', input: 'text' })
    expect((await host.run('single', false)).output).toEqual({ type: 'string', input: 'False' })
  })

  it('waits for a timer, never less than asked', async () => {
    expect((await host.run('timer', 300)).output).toBeGreaterThanOrEqual(300)
  })

  it('goes on beside a cancelled timer whose rival was retried', async () => {
    expect((await host.run('cancelledTimer')).output).toEqual([true, 'after'])
  })

  it('hears an event that comes after it waits', async () => {
    const id = await host.start('waiter')
    await host.until(id, (status) => status.runtimeStatus === 'Running')
    await host.client.raiseEvent(id, 'go', { a: 1 })
    expect((await host.end(id)).output).toEqual({ a: 1 })
  })

  it('hears events that came before it waited, first in, first out', async () => {
    const id = await host.start('lateWaiter')
    await host.client.raiseEvent(id, 'go', 1)
    await host.client.raiseEvent(id, 'go', 2)
    expect((await host.end(id)).output).toEqual([1, 2])
  })

  it('carries events over continueAsNew, which Azure drops', async () => {
    const id = await host.start('eternal', { left: 3 })
    for (const n of [1, 2, 3]) await host.client.raiseEvent(id, 'go', n)
    expect((await host.end(id)).output).toEqual([1, 2, 3])
  })

  it('loops by continueAsNew', async () => {
    expect(await host.run('counts', 0)).toMatchObject({ runtimeStatus: 'Completed', input: 19, output: 20 })
  })

  it('answers with 404 for nobody and refuses an id in use', async () => {
    await expect(host.client.getStatus('nobody')).rejects.toThrow('404')
    const id = await host.start('waiter')
    await expect(host.start('waiter', undefined, id)).rejects.toThrow(
      'An Orchestration instance with the status',
    )
    await host.client.terminate(id, 'enough')
    await host.end(id)
    await host.start('chain', 1, id)
    expect((await host.end(id)).output).toBe(1)
  })
})

describe('a sub-orchestration', () => {
  it('gives its result to its parent', async () => {
    expect((await host.run('parent', { name: 'chain', input: 3 })).output).toEqual({ result: 3 })
  })

  it('fails its parent with text that the parent can catch', async () => {
    const { output } = await host.run('parent', { name: 'rejecting', input: 'oops' })
    expect(output).toEqual({
      error: expect.stringMatching(
        /^Orchestrator function 'rejecting' failed: Activity function 'throws' failed: {2}oops/,
      ),
    })
  })

  it('fails where Azure hangs: unknown name, terminated child, id in use', async () => {
    expect((await host.run('parent', { name: 'nope' })).output).toEqual({
      error: expect.stringContaining("The function 'nope' doesn't exist"),
    })
    const child = `child-${Date.now()}`
    const parent = await host.start('parent', { name: 'waiter', id: child })
    await host.until(child, () => true)
    const second = await host.run('parent', { name: 'chain', input: 1, id: child })
    expect(second.output).toEqual({ error: expect.stringContaining('already exists') })
    await host.client.terminate(child, 'why')
    expect((await host.end(parent)).output).toEqual({ error: expect.stringContaining('why') })
  })
})

describe('a failure', () => {
  it('has the recorded text', async () => {
    const status = await host.run('rejecting', 'boom')
    expect(status.runtimeStatus).toBe('Failed')
    expect(status.output).toMatch(
      /^Orchestrator function 'rejecting' failed: Activity function 'throws' failed: {2}boom \n \{"\$type":"System.Exception/,
    )
  })

  it('can be caught', async () => {
    expect((await host.run('catching', 'throws')).output).toEqual([
      "Activity function 'throws' failed:  boom",
      'after',
    ])
  })

  it('is typed where Azure hangs: an unknown activity, a thrown string', async () => {
    const unknown = await host.run('catching', 'nope')
    expect(unknown.output).toEqual([
      expect.stringContaining(
        "The function 'nope' doesn't exist, is disabled, or is not an activity function.",
      ),
      'after',
    ])
    const thrown = await host.run('throwsString', 'plain')
    expect(thrown).toMatchObject({ runtimeStatus: 'Failed', output: expect.stringContaining('no Error') })
    expect(host.log).toContain('in Azure')
  })

  it('is retried with growing delays until it succeeds', async () => {
    expect((await host.run('retry', { failures: 2, max: 3 })).output).toBe(3)
  })

  it('surfaces after the last attempt, and the orchestration goes on', async () => {
    expect((await host.run('retry', { failures: 9, max: 3 })).output).toEqual([
      "Activity function 'flaky' failed:  attempt 3",
      'after',
    ])
  })

  it('surfaces when a retry timeout runs out before the attempts do, where Azure hangs', async () => {
    const { output } = await host.run('retry', { failures: 99, max: 10, timeoutMs: 50 })
    expect(output).toEqual([expect.stringMatching(/attempt [23]$/), 'after'])
  })
})

describe('an operator', () => {
  it('suspends and resumes; events wait meanwhile', async () => {
    const id = await host.start('waiter')
    await host.until(id, (status) => status.runtimeStatus === 'Running')
    await host.client.suspend(id, 'hold')
    await host.until(id, (status) => status.runtimeStatus === 'Suspended')
    await host.client.raiseEvent(id, 'go', 'meanwhile')
    await expect(host.client.suspend(id, 'again')).rejects.toThrow(
      'because instance is in the Suspended state',
    )
    expect(await host.status(id)).toMatchObject({ runtimeStatus: 'Suspended', output: 'hold' })
    await host.client.resume(id, 'on')
    expect((await host.end(id)).output).toBe('meanwhile')
  })

  it('terminates with a reason', async () => {
    const id = await host.start('waiter')
    await host.client.terminate(id, 'enough')
    expect(await host.end(id)).toMatchObject({ runtimeStatus: 'Terminated', output: 'enough' })
    await host.client.raiseEvent(id, 'go', 1)
  })

  it('sees and clears the custom status, and is told when it is too large', async () => {
    const id = await host.start('status', { step: 1 })
    await host.until(id, (status) => JSON.stringify(status.customStatus) === '{"step":1}')
    await host.client.terminate(id, 'seen')
    const tooLarge = await host.run('status', 's'.repeat(17 * 1024))
    expect(tooLarge.output).toBe(
      "Orchestrator function 'status' failed: The UTF-16 size of the JSON-serialized payload must not exceed 16 KB. The current payload size is 34 KB.",
    )
  })

  it('rewinds what failed, down into the child', async () => {
    const id = await host.start('rewindableParent')
    expect((await host.end(id)).runtimeStatus).toBe('Failed')
    const retried = await host.start('rewindableRetry')
    expect((await host.end(retried)).runtimeStatus).toBe('Failed')
    await host.run('chain', 0)
    const mended = await host.manage('POST', 'orchestrators/mendNow')
    expect(mended.status).toBe(202)
    await host.end(((await mended.json()) as { id: string }).id)
    await host.client.rewind(id, 'mended')
    expect((await host.end(id)).output).toEqual(['kept', 'mended'])
    await host.client.rewind(retried, 'mended')
    expect((await host.end(retried)).output).toEqual(['mended', ['kept', 'mended']])
  })

  it('rewinds retried calls that failed side by side, each in its own time', async () => {
    const key = join(host.directory, 'fan-is-mended')
    const id = await host.start('rewindableFan', { key, delaysMs: [1, 120, 40, 80] })
    expect((await host.end(id)).runtimeStatus).toBe('Failed')
    await host.client.rewind(id, 'still broken')
    expect((await host.end(id)).runtimeStatus).toBe('Failed')
    writeFileSync(key, '')
    await host.client.rewind(id, 'mended')
    expect((await host.end(id)).output).toEqual([[1, 120, 40, 80, 60], 'after'])
  })

  it('rewinds what failed before an entity had answered: the answer is kept, also over a crash', async () => {
    const [key, counter] = [join(host.directory, 'entity-is-mended'), 'answers late']
    const stateOf = async (): Promise<unknown> =>
      (await host.client.readEntityState(new EntityId('counter', counter))).entityState
    const holder = await host.start('locked', { keys: [counter], ending: 'wait' })
    await until(async () => (await stateOf()) === 1)
    await host.until(holder, ({ runtimeStatus }) => runtimeStatus === 'Running')
    const id = await host.start('rewindableEntity', { key, counter })
    expect((await host.end(id)).runtimeStatus).toBe('Failed')
    await host.client.terminate(holder, 'enough')
    await until(async () => (await stateOf()) === 2)
    await host.kill()
    await host.restart()
    writeFileSync(key, '')
    await host.client.rewind(id, 'mended')
    expect((await host.end(id)).output).toEqual([2, 1])
    expect(await stateOf()).toBe(2)
  })

  it.each([
    ['rewind', 'POST', 'rewind'],
    ['purge', 'DELETE', ''],
  ])('leaves what was just restarted alone when a %s comes in the same moment', async (_, method, path) => {
    const { instanceId: id } = await host.run('rejecting', 'boom')
    const { hostname, port, pathname } = new URL(`${host.rpcBaseUrl}instances/${id}/`)
    const head = (line: string, connection: string): string =>
      `${line} HTTP/1.1\r\nHost: ${hostname}\r\nContent-Length: 0\r\nConnection: ${connection}\r\n\r\n`
    const socket = connect(Number(port), hostname)
    // In one packet: the server hears both before it writes anything.
    socket.write(
      head(`POST ${pathname}restart?restartWithNewInstanceId=false`, 'keep-alive') +
        head(`${method} ${pathname}${path}`, 'close'),
    )
    const statuses = (await text(socket)).match(/^HTTP\/1.1 \d+/gm)
    expect(statuses).toEqual(['HTTP/1.1 202', expect.stringMatching(/ (412|500)$/)])
    expect((await host.end(id)).output).toMatch(/boom/)
  })

  it('restarts under a new id', async () => {
    const { instanceId } = await host.run('chain', 4)
    const response = await host.manage('POST', `instances/${instanceId}/restart`)
    const { id } = (await response.json()) as { id: string }
    expect(id).not.toBe(instanceId)
    expect((await host.end(id)).output).toBe(4)
  })

  it('purges what has ended and nothing else', async () => {
    const done = await host.run('chain', 1)
    expect(await host.client.purgeInstanceHistory(done.instanceId)).toMatchObject({ instancesDeleted: 1 })
    expect(await host.status(done.instanceId)).toBeUndefined()
    const running = await host.start('waiter')
    await expect(host.client.purgeInstanceHistory(running)).rejects.toThrow(
      /412.*in the (Running|Pending) state/,
    )
    expect((await host.status(running))?.runtimeStatus).toMatch(/Running|Pending/)
    await host.client.terminate(running, 'end')
  })

  it('lists by status, prefix and page', async () => {
    const prefix = `listed-${Date.now()}`
    for (const n of [1, 2, 3]) await host.start('chain', n, `${prefix}-${n}`)
    for (const n of [1, 2, 3]) await host.end(`${prefix}-${n}`)
    const first = await host.manage('GET', `instances/?instanceIdPrefix=${prefix}&top=2`)
    const token = first.headers.get('x-ms-continuation-token') ?? ''
    expect(((await first.json()) as unknown[]).length).toBe(2)
    const rest = await fetch(`${host.rpcBaseUrl}instances/?instanceIdPrefix=${prefix}&top=2`, {
      headers: { 'x-ms-continuation-token': token },
    })
    expect(await rest.json()).toMatchObject([{ instanceId: `${prefix}-3`, output: 3 }])
    const completed = await host.client.getStatusBy({ runtimeStatus: [OrchestrationRuntimeStatus.Completed] })
    expect(completed.map((status) => status.instanceId)).toEqual(
      expect.arrayContaining([`${prefix}-1`, `${prefix}-2`, `${prefix}-3`]),
    )
  })

  it('lists by a prefix beyond the first plane of Unicode, and by any number', async () => {
    const { instanceId } = await host.end(await host.start('chain', 1, '\u{1F4A9}-listed'))
    const prefix = encodeURIComponent(instanceId.slice(0, 3))
    const answer = await host.manage('GET', `instances/?instanceIdPrefix=${prefix}&top=99999999999999999999`)
    expect(await answer.json()).toMatchObject([{ instanceId }])
  })

  it('sees the history, ends joined with their beginnings', async () => {
    const { instanceId } = await host.run('chain', 1)
    const status = await host.status(instanceId, '?showHistory=true&showHistoryOutput=true')
    expect(status?.historyEvents).toMatchObject([
      { EventType: 'ExecutionStarted', FunctionName: 'chain', Input: '1', Generation: 0 },
      { EventType: 'TaskCompleted', FunctionName: 'add1', Result: 1, Input: null },
      { EventType: 'ExecutionCompleted', OrchestrationStatus: 'Completed', Result: 1 },
    ])
  })

  it('waits for the end of what it starts, if it asks so', async () => {
    const response = await host.manage('POST', 'orchestrators/chain?timeout=10&pollingInterval=0.1', '2')
    expect([response.status, await response.json()]).toEqual([200, 2])
  })

  it('is told what is wrong', async () => {
    expect((await host.manage('POST', 'orchestrators/nope', '1')).status).toBe(400)
    expect((await host.manage('POST', 'orchestrators/chain', '{"a":')).status).toBe(400)
    expect((await host.manage('POST', `orchestrators/chain/${'i'.repeat(257)}`, '1')).status).toBe(400)
    expect((await host.manage('POST', 'orchestrators/chain/@x', '1')).status).toBe(400)
    expect((await host.manage('POST', 'instances/nobody/terminate')).status).toBe(404)
    expect((await host.manage('PUT', 'instances/nobody')).status).toBe(404)
    expect((await host.manage('GET', 'nowhere')).status).toBe(404)
  })
})

describe('an entity', () => {
  it('counts signals and calls in their order, and tells its caller of a failure', async () => {
    const key = `k${Date.now()}`
    expect((await host.run('counterCalls', key)).output).toEqual([12, '[object Object]'])
    const state = await host.client.readEntityState(new EntityId('counter', key))
    expect(state).toMatchObject({ entityExists: true, entityState: 12 })
  })

  it('is signalled and read by a client', async () => {
    const id = new EntityId('Counter', `c${Date.now()}`)
    expect((await host.client.readEntityState(id)).entityExists).toBe(false)
    await Promise.all(Array.from({ length: 20 }, (_, n) => host.client.signalEntity(id, 'add', n)))
    const deadlineMs = Date.now() + 10_000
    for (;;) {
      const { entityState } = await host.client.readEntityState(id)
      if (entityState === 190 || Date.now() > deadlineMs) {
        expect(entityState).toBe(190)
        break
      }
    }
  })
})

describe('a lock', () => {
  const valueOf = async (key: string): Promise<unknown> =>
    (await host.client.readEntityState(new EntityId('counter', key))).entityState

  it('keeps others away from entities, in whatever order they are named', async () => {
    const ids = await Promise.all(
      Array.from({ length: 8 }, (_, n) =>
        host.start('locked', { keys: n % 2 ? ['left', 'right'] : ['right', 'left', 'right'] }),
      ),
    )
    const ends = await Promise.all(ids.map(async (id) => host.end(id)))
    expect(ends.map(({ output }) => output)).toEqual(ids.map(() => false))
    expect(await Promise.all([valueOf('left'), valueOf('right')])).toEqual([8, 12])
  })

  it('ends with its orchestration, however that ends, and with the wait for it', async () => {
    const keys = ['held']
    const failed = await host.run('locked', { keys, ending: 'throw' })
    expect(failed.output).toBe("Orchestrator function 'locked' failed: in the critical section")
    const waiting = await host.start('locked', { keys, ending: 'wait' })
    await host.until(waiting, ({ runtimeStatus }) => runtimeStatus === 'Running')
    await until(async () => (await valueOf('held')) === 2)
    const behind = await host.start('locked', { keys, ending: 'wait' })
    await host.client.terminate(behind, 'enough')
    await host.end(behind)
    await host.client.terminate(waiting, 'enough')
    await host.end(waiting)
    expect(await host.run('locked', { keys, ending: 'again' })).toMatchObject({ output: false })
    expect(await valueOf('held')).toBe(4)
  })

  it('holds signals back until it ends', async () => {
    const keys = ['signalled']
    const waiting = await host.start('locked', { keys, ending: 'wait' })
    await until(async () => (await valueOf('signalled')) === 1)
    await host.until(waiting, ({ runtimeStatus }) => runtimeStatus === 'Running')
    await host.client.signalEntity(new EntityId('counter', 'signalled'), 'add', 10)
    await host.client.terminate(waiting, 'enough')
    await until(async () => (await valueOf('signalled')) === 11)
  })
})

describe('callHttp', () => {
  it('asks and gets the answer', async () => {
    expect((await host.run('http', { method: 'GET', url: `${host.baseUrl}/x` })).output).toEqual([404, ''])
  })
})
