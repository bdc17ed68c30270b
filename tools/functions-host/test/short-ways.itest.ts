import { expect, it, jest } from '@jest/globals'

import { RunningHost } from './running-host.ts'

jest.setTimeout(30_000)

const inputs = [
  'text',
  '12',
  '-1.5e3',
  '007',
  '1a2b',
  '-',
  '',
  ' 5 ',
  'null',
  'nullify',
  '"quoted"',
  '{"A":1}',
  '{',
  '[1]',
  12,
  0.5,
  true,
  null,
  [1, 2],
  { Name: 'n', Nested: { Deep: [{ Er: 1 }] }, data: 'd', instanceId: 'own' },
]

it('gives functions of orchestrations what the library does, and takes from them what it does', async () => {
  const run = async (settings: Record<string, string>): Promise<unknown> => {
    await using host = await RunningHost.start({ texts: settings })
    const door = `${host.url('texts')}/runtime/webhooks/durabletask/orchestrators/everything/same?timeout=20`
    const headers = { 'content-type': 'application/json' }
    const response = await fetch(door, { method: 'POST', headers, body: JSON.stringify(inputs) })
    expect(response.status).toBe(200)
    return response.json()
  }
  const output = await run({})
  expect(output).toMatchObject({ refusal: expect.stringContaining('no'), functionName: 'everything' })
  expect(output).toEqual(await run({ WITH_HOOKS: '1' }))
})
