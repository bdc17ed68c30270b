import { afterAll, beforeAll, expect, it, jest } from '@jest/globals'

import { RunningHost } from '../running-host.ts'
import { until } from '../until.ts'

jest.setTimeout(60_000)

let host: RunningHost
beforeAll(async () => {
  host = await RunningHost.start({ patterns: { HUB: 'Patterns' } })
})
afterAll(() => host[Symbol.asyncDispose]())

interface Links {
  statusQueryGetUri: string
  sendEventPostUri: string
  terminatePostUri: string
}

/** Starts an orchestration by the app's own function, which gives links away. */
async function start(name: string, input: unknown): Promise<Links> {
  const response = await fetch(`${host.url('patterns')}/api/start/${name}`, {
    method: 'POST',
    body: JSON.stringify(input),
  })
  expect(response.status).toBe(202)
  return (await response.json()) as Links
}

/** Its output, once it has completed; the text of its failure, when it has failed. */
async function outputOf({ statusQueryGetUri }: Pick<Links, 'statusQueryGetUri'>): Promise<unknown> {
  const { output } = await until(async () => {
    const response = await fetch(statusQueryGetUri)
    const status = (await response.json()) as { output: unknown }
    return response.status === 200 ? status : undefined
  })
  return output
}

const greetings = ['Hello Tokyo', 'Hello Seattle']

it.each([
  ['chain', null, greetings],
  ['parent', null, [greetings, greetings]],
  ['backup', ['a', 'bb', 'ccc'], 6],
  ['monitor', null, 3],
  ['count', 4, 10],
  ['transfer', null, [-5, 5]],
  ['version', null, ['1.0', '1.0', '0.9']],
  ['version?version=0.8', null, ['0.8', '1.0', '0.9']],
])('runs %s', async (name, input, output) => {
  expect(await outputOf(await start(name, input))).toEqual(output)
})

it('lets an orchestration of a newer version wait for a newer app, and says so', async () => {
  const { statusQueryGetUri, terminatePostUri } = await start('version?version=1.10', null)
  await until(() => (/'1\.10', and this app runs '1\.0' and older/.test(host.log) ? true : undefined))
  expect(await (await fetch(statusQueryGetUri)).json()).toMatchObject({ runtimeStatus: 'Pending' })
  await fetch(terminatePostUri.replace('{text}', 'enough'), { method: 'POST' })
  expect(await outputOf({ statusQueryGetUri })).toBe('enough')
})

it('runs a verification: a wrong response, then the right one, long before the time is over', async () => {
  const links = await start('verification', 3_600_000)
  const respond = (code: number): Promise<Response> =>
    fetch(links.sendEventPostUri.replace('{eventName}', 'response'), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: String(code),
    })
  expect([(await respond(1)).status, (await respond(4711)).status]).toEqual([202, 202])
  expect(await outputOf(links)).toBe(true)
})

it('runs a verification that nobody answers in time', async () => {
  expect(await outputOf(await start('verification', 50))).toBe(false)
})

it('runs a call of an HTTP API', async () => {
  const url = `${host.url('patterns')}/runtime/webhooks/durabletask/instances/nobody`
  expect(await outputOf(await start('ask', url))).toEqual([404, ''])
})
