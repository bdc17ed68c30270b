import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'
import { RunningHost } from '../running-host.ts'
import { until } from '../until.ts'
import { DurableApi } from './durable-api.ts'

jest.setTimeout(60_000)

let host: RunningHost
let api: DurableApi
let spinning: { api: DurableApi; id: string }
beforeAll(async () => {
  host = await RunningHost.start({ careless: {}, 'never-yields': {} })
  api = new DurableApi(host.url('careless'))
  // It takes its time: the other tests run meanwhile.
  const other = new DurableApi(host.url('never-yields'))
  spinning = { api: other, id: await other.start('spins', 'null') }
})
afterAll(() => host[Symbol.asyncDispose]())

const levels = 10_000
const deepArray = '['.repeat(levels) + ']'.repeat(levels)
const deepObject = '{"a":'.repeat(levels) + '1' + '}'.repeat(levels)

describe('an orchestrator against the rules fails, and says why', () => {
  it.each([
    ['yieldsNumber', 'Orchestration yielded data of type number. Only Task types can be yielded'],
    ['yieldsPromise', 'Orchestration yielded data of type object. Only Task types can be yielded'],
    ['isAsync', 'this.generator.next is not a function'],
    ['isNoGenerator', 'this.generator.next is not a function'],
    ['returnsBigInt', 'Do not know how to serialize a BigInt'],
    ['returnsCircle', 'Converting circular structure to JSON'],
    ['returnsDeep', 'Maximum call stack size exceeded'],
  ])('%s', async (name, text) => {
    const { runtimeStatus, output } = await api.run(name, 'null')
    expect({ runtimeStatus, output }).toEqual({
      runtimeStatus: 'Failed',
      output: expect.stringContaining(text),
    })
  })

  it('one that is no generator, with what helps', () => {
    expect(host.log).toMatch(/isNoGenerator.* write function\*/)
  })

  it('a version that this app does not know', async () => {
    const { body } = await api.ask('POST', 'orchestrators/same?version=1.1', '1')
    expect(await api.end(body.id)).toMatchObject({
      runtimeStatus: 'Failed',
      output: expect.stringContaining("its version is '1.1', and this app runs '1.0' and older"),
    })
  })
})

describe('values', () => {
  it.each([
    ['{"a":1,"a":2}', { a: 2 }],
    ['{"constructor":3,"toString":null}', { constructor: 3, toString: null }],
    ['{"__proto__":{"x":1}}', JSON.parse('{"__proto__":{"x":1}}')],
    ['"\\u0000 \\u2028 😀"', '\u0000 \u2028 😀'],
  ])('%s goes through an activity as it is', async (text, value) => {
    expect((await api.run('echo1', text)).output).toEqual(value)
  })

  it('that JSON does not have are null', async () => {
    expect((await api.run('returnsNothingJson', 'null')).output).toEqual([null, null, null])
  })

  it('of 10 MB arrive', async () => {
    const { output } = await api.run('echo1', JSON.stringify('x'.repeat(10_500_000)), 50_000)
    expect(String(output)).toHaveLength(10_500_000)
  })

  it.each([
    ['arrays', deepArray],
    ['objects', deepObject],
  ])('of 10,000 levels of %s are 400 at every door', async (_, text) => {
    const waiting = await api.start('waits', '"go"')
    for (const path of ['orchestrators/same', `instances/${waiting}/raiseEvent/go`]) {
      const { status, body } = await api.ask('POST', path, text)
      expect([status, body.ExceptionMessage]).toEqual([400, expect.stringContaining('MaxDepth of 1000')])
    }
    await api.ask('POST', `instances/${waiting}/raiseEvent/go`, '"fine"')
    expect((await api.end(waiting)).output).toBe('fine')
  })

  it('that are no UTF-8 lose what is wrong', async () => {
    const { status, body } = await api.ask('POST', 'orchestrators/same', Buffer.from([0x22, 0xff, 0x22]))
    expect([status, (await api.end(body.id)).output]).toEqual([202, '\ufffd'])
  })

  it('may be a custom status up to 16 KB', async () => {
    expect((await api.run('status', JSON.stringify('s'.repeat(8_000)))).runtimeStatus).toBe('Completed')
    expect((await api.run('status', JSON.stringify('s'.repeat(9_000)))).output).toContain(
      'must not exceed 16 KB',
    )
  })
})

describe('ids and names', () => {
  it('of 256 characters, unicode, quotes and the like work', async () => {
    for (const id of [
      'i'.repeat(256),
      'é'.repeat(256),
      '😀 id',
      "a'b; DROP TABLE",
      '%',
      '__proto__',
      'constructor',
    ]) {
      const { status, body } = await api.ask('POST', `orchestrators/same/${encodeURIComponent(id)}`, '1')
      expect([status, body.id]).toEqual([202, id])
      expect(await api.end(id)).toMatchObject({ instanceId: id, output: 1 })
    }
  })

  it.each([
    ['of 300 characters', 'i'.repeat(300), 'must not exceed 256 characters'],
    ['of an entity', '@x', 'must not start with @'],
    ['with a tab', 'a\tb', 'must not contain /, \\, #, ?, or control characters'],
    ['with a mark of URLs', 'a#b', 'must not contain /, \\, #, ?, or control characters'],
    ['of a path', 'a\\b', 'must not contain /, \\, #, ?, or control characters'],
  ])('an id %s is 400', async (_, id, text) => {
    const { status, body } = await api.ask('POST', `orchestrators/same/${encodeURIComponent(id)}`, '1')
    expect([status, body.ExceptionMessage]).toEqual([400, expect.stringContaining(text)])
  })

  it('of children may be anything else', async () => {
    for (const id of ['i'.repeat(300), 'a/b', '\u0000', '😀'])
      expect((await api.run('child', JSON.stringify(id))).output).toBe(1)
  })

  it('of events may be anything', async () => {
    for (const name of ['x'.repeat(5_000), '😀', '__proto__', 'constructor', 'a b']) {
      const waiting = await api.start('waits', JSON.stringify(name))
      const path = `instances/${waiting}/raiseEvent/${encodeURIComponent(name)}`
      expect((await api.ask('POST', path, '7')).status).toBe(202)
      expect((await api.end(waiting)).output).toBe(7)
    }
  })

  it('of functions that there are not are 400', async () => {
    for (const name of ['x'.repeat(5_000), '__proto__', 'toString', '😀', "'; --"]) {
      const { status, body } = await api.ask('POST', `orchestrators/${encodeURIComponent(name)}`, '1')
      expect([status, body.ExceptionMessage]).toEqual([400, expect.stringContaining("doesn't exist")])
    }
  })
})

describe('a history of more than 10,000 events', () => {
  const memoryKb = (): number =>
    Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${host.pid}/status`, 'utf8'))?.[1])

  it('works, is warned of with what helps, and can be read', async () => {
    const many = 5_100
    const beforeKb = memoryKb()
    const id = await api.start('fan', String(many))
    expect(await until(async () => api.ended(id), 50_000)).toMatchObject({ output: many })
    expect(host.log).toMatch(
      new RegExp(`history of instance ${id} has more than 10000 events.*continueAsNew`),
    )
    const { status, body } = await api.ask('GET', `instances/${id}?showHistory=true`)
    expect([status, body.historyEvents?.length]).toEqual([200, many + 2])
    expect(memoryKb() - beforeKb).toBeLessThan(300_000)
  })
})

describe('an orchestrator that never yields', () => {
  it('fails at functionTimeout, and what helps is said; its neighbours go on', async () => {
    expect(await until(async () => spinning.api.ended(spinning.id), 50_000)).toMatchObject({
      runtimeStatus: 'Failed',
      output: expect.stringContaining('Timeout value of 00:00:01 was exceeded by function: Functions.spins'),
    })
    expect(host.log).toMatch(/spins: .* leave work to activities, and yield/)
    expect((await spinning.api.run('echo1', '7')).output).toBe(7)
  })
})
