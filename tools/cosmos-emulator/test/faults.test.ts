import { describe, expect, it } from '@jest/globals'

import { faultPresets } from '../src/index.ts'
import type { FaultRule } from '../src/index.ts'
import { openContainer, statusOf } from './open-container.ts'
import type { OpenedContainer } from './open-container.ts'
import { sendSigned } from './signed-request.ts'

/** The statuses of so many patches, one after another: this client tries none of them again. */
async function patches({ container }: OpenedContainer, count: number): Promise<(number | undefined)[]> {
  const statuses = []
  for (let n = 0; n < count; n += 1)
    statuses.push(await statusOf(container.item('a', 't').patch([{ op: 'incr', path: '/count', value: 1 }])))
  return statuses
}

async function openWithItem(): Promise<OpenedContainer> {
  const opened = await openContainer()
  await opened.container.items.create({ id: 'a', tenantId: 't', count: 0 })
  return opened
}

const countOf = async ({ container }: OpenedContainer): Promise<number> =>
  ((await container.item('a', 't').read<{ count: number }>()).resource ?? { count: -1 }).count

describe('a fault strikes requests', () => {
  it.each<[string, FaultRule, boolean]>([
    ['method', { method: 'patch', status: 449 }, true],
    ['method', { method: 'PUT', status: 449 }, false],
    ['operation', { operation: 'item.patch', status: 449 }, true],
    ['operation', { operation: 'item.*', status: 449 }, true],
    ['operation', { operation: 'items.*', status: 449 }, false],
    ['path', { path: '/dbs/*/colls/things/**', status: 449 }, true],
    ['path', { path: '/dbs/*', status: 449 }, false],
    ['pathPattern', { pathPattern: /docs\/a$/, status: 449 }, true],
    ['partitionKey', { partitionKey: 't', status: 449 }, true],
    ['partitionKey', { partitionKey: ['u'], status: 449 }, false],
    ['account', { account: 'primary', status: 449 }, true],
    ['account', { account: 'other', status: 449 }, false],
  ])('by %s: %j', async (_, rule, isStruck) => {
    await using opened = await openWithItem()
    const fault = opened.emulator.injectFault(rule)

    expect(await patches(opened, 1)).toEqual([isStruck ? 449 : 200])
    expect(fault.struck).toBe(isStruck ? 1 : 0)
  })

  it('at first or later, now and then, and as often as it was told', async () => {
    await using opened = await openWithItem()
    const fault = opened.emulator.injectFault({
      operation: 'item.patch',
      status: 449,
      skip: 1,
      every: 2,
      times: 2,
    })

    expect(await patches(opened, 8)).toEqual([200, 200, 449, 200, 449, 200, 200, 200])
    expect(fault).toMatchObject({ name: '449', struck: 2 })
    expect(await countOf(opened)).toBe(6)
  })

  it('with a probability: the same ones for the same seed', async () => {
    const struckWith = async (seed: number): Promise<(number | undefined)[]> => {
      await using opened = await openWithItem()
      opened.emulator.injectFault({ operation: 'item.patch', status: 449, probability: 0.5, seed })
      return await patches(opened, 30)
    }
    const first = await struckWith(7)

    expect(await struckWith(7)).toEqual(first)
    expect(await struckWith(8)).not.toEqual(first)
    expect(new Set(first)).toEqual(new Set([200, 449]))
  })

  it('until it is removed, or all are cleared', async () => {
    await using opened = await openWithItem()
    const { emulator } = opened
    const fault = emulator.injectFault({ operation: 'item.patch', status: 449, times: 100 })
    expect(await patches(opened, 1)).toEqual([449])
    fault.remove()
    expect(await patches(opened, 1)).toEqual([200])

    emulator.injectFault({ preset: 'retryWith', operation: 'item.patch' })
    expect(emulator.faults.list().map(({ name, struck }) => [name, struck])).toEqual([['retryWith', 0]])
    emulator.faults.clear()
    expect(await patches(opened, 1)).toEqual([200])
  })
})

describe('what a fault does', () => {
  it('a client that waits for 429 comes through, and tells how often it tried', async () => {
    await using opened = await openContainer()
    opened.emulator.injectFault({ preset: 'throttle', operation: 'items.create', retryAfterMs: 1, times: 2 })

    const { statusCode, headers } = await opened.container.items.create({ id: 'a', tenantId: 't' })

    expect([statusCode, headers['x-ms-throttle-retry-count']]).toEqual([201, 2])
  })

  const statuses = Object.entries(faultPresets).filter(([, effect]) => 'status' in effect)
  it.each(statuses)('preset %s: %j', async (preset, effect) => {
    await using opened = await openWithItem()
    const [account] = opened.emulator.accounts
    opened.emulator.injectFault({ preset: preset as never, operation: 'item.patch' })

    const { status, headers, json } = await sendSigned(account!, 'PATCH', '/dbs/media/colls/things/docs/a', {
      headers: { 'x-ms-documentdb-partitionkey': '["t"]' },
      body: '[{"op":"incr","path":"/count","value":1}]',
    })

    expect({
      status,
      substatus: Number(headers['x-ms-substatus'] ?? NaN),
      retryAfterMs: Number(headers['x-ms-retry-after-ms'] ?? NaN),
      isAfterWork: (await countOf(opened)) === 1,
    }).toEqual({ substatus: NaN, retryAfterMs: NaN, isAfterWork: false, ...effect })
    expect(json).toMatchObject({ message: expect.stringContaining(preset) })
  })

  it.each([
    ['drop', 0],
    ['dropAfterWork', 1],
    ['cut', 1],
  ] as const)('%s ends the connection, and the write has taken effect %i times', async (preset, count) => {
    await using opened = await openWithItem()
    const [account] = opened.emulator.accounts
    const fault = opened.emulator.injectFault({ preset, operation: 'item.patch' })

    const sent = sendSigned(account!, 'PATCH', '/dbs/media/colls/things/docs/a', {
      headers: { 'x-ms-documentdb-partitionkey': '["t"]' },
      body: '[{"op":"incr","path":"/count","value":1}]',
    })

    await expect(sent).rejects.toMatchObject({ code: 'ECONNRESET' })
    expect(fault.struck).toBe(1)
    expect(await countOf(opened)).toBe(count)
  })

  it('a slow answer is overtaken by what is asked later', async () => {
    await using opened = await openWithItem()
    opened.emulator.injectFault({ preset: 'slow', delayMs: 300, operation: 'item.read' })
    const slow = statusOf(opened.container.item('a', 't').read())
    const count = opened.container.items.query('SELECT VALUE COUNT(1) FROM c').fetchAll()

    expect(await Promise.race([slow, count])).toMatchObject({ resources: [1] })
    expect(await slow).toBe(200)
  })
})

describe('a fault that makes no sense', () => {
  it.each<[object, RegExp]>([
    [{}, /must do something/],
    [{ preset: 'trottle' }, /'preset' of a fault must be one of throttle, /],
    [{ status: 200 }, /'status' of a fault must be a whole number, 400 to 599/],
    [{ status: 429, every: 0 }, /'every' .* 1 to/],
    [
      { status: 429, operation: 'item.reed' },
      /no operation is called: there are account\.read, .*item\.read/,
    ],
    [{ status: 429, probability: 2 }, /'probability' .* 0 to 1/],
    [{ status: 429, pathPattern: '(' }, /'pathPattern' .* regular expression/],
    [{ status: 429, pathGlob: '/dbs' }, /no field 'pathGlob': there are preset, /],
  ])('%j is refused, with what to mend', async (rule, message) => {
    await using opened = await openContainer()
    const [account] = opened.emulator.accounts

    expect(() => opened.emulator.injectFault(rule)).toThrow(message)
    const answer = await sendSigned(account!, 'POST', '/_emulator/faults', { body: JSON.stringify(rule) })
    expect([answer.status, answer.text.replaceAll('\\', '')]).toEqual([400, expect.stringMatching(message)])
  })
})
