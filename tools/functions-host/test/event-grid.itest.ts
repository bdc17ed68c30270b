import { readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'

import { AppFolder } from './app-folder.ts'
import { RunningHost } from './running-host.ts'

jest.setTimeout(60_000)

const app = new AppFolder(`
import { appendFileSync } from 'node:fs'
const keep = (entry) => appendFileSync(process.env.TRACE_FILE, JSON.stringify(entry) + '\\n')
app.eventGrid('OnEvent', {
  handler: (event, context) => {
    if (event.id === 'bad') throw new Error('not this one')
    keep({ event, data: context.triggerMetadata.data })
  },
})
app.generic('onEvents', {
  trigger: { type: 'eventGridTrigger', name: 'events', cardinality: 'many' },
  handler: (events) => keep({ ids: events.map(({ id }) => id) }),
})
app.eventGrid('switchedOff', { handler() {} })
`)
const traceFile = join(app.path, 'trace.jsonl')
let host: RunningHost
let url = ''
beforeAll(async () => {
  app.write('trace.jsonl', '')
  host = await RunningHost.start({
    [app.path]: { TRACE_FILE: traceFile, 'AzureWebJobs.switchedOff.Disabled': 'true' },
  })
  url = host.url(basename(app.path))
})
afterAll(async () => {
  await host[Symbol.asyncDispose]()
  app[Symbol.dispose]()
})

/** What functions have kept since this was asked last. */
function takeTrace(): unknown[] {
  const lines = readFileSync(traceFile, 'utf8').trim().split('\n')
  app.write('trace.jsonl', '')
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as unknown)
}

async function post(
  kind: string | undefined,
  body: string,
  functionName = 'onEvent',
): Promise<{ status: number; text: string }> {
  const answer = await fetch(`${url}/runtime/webhooks/EventGrid?functionName=${functionName}`, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json', ...(kind ? { 'aeg-event-type': kind } : {}) },
  })
  return { status: answer.status, text: await answer.text() }
}

describe('a subscription', () => {
  it.each([
    ['of the Event Grid schema', JSON.stringify([{ data: { validationCode: 'c-1' } }])],
    ['of cloud events, its data JSON in the JSON', JSON.stringify({ data: '{"validationCode":"c-1"}' })],
    ['of cloud events, its data an object', JSON.stringify({ data: { validationCode: 'c-1' } })],
  ])('%s shakes hands', async (_schema, body) => {
    const { status, text } = await post('SubscriptionValidation', body)
    expect([status, JSON.parse(text)]).toEqual([200, { validationResponse: 'c-1' }])
  })

  it('of cloud events is asked for its origin beforehand', async () => {
    const allowedFor = async (headers: Record<string, string>): Promise<unknown[]> => {
      const target = `${url}/runtime/webhooks/eventgrid?functionName=onEvent`
      const answer = await fetch(target, { method: 'OPTIONS', headers })
      return [answer.status, answer.headers.get('webhook-allowed-origin')]
    }
    expect(await allowedFor({ 'webhook-request-origin': 'eventgrid.azure.net' })).toEqual([
      200,
      'eventgrid.azure.net',
    ])
    expect(await allowedFor({})).toEqual([200, 'eventgrid.azure.net'])
  })

  it.each([
    ['Unsubscribe', '', 202],
    ['unsubscribe', 'no JSON', 202],
    ['SubscriptionValidation', '[{"data":{}}]', 400],
    ['SubscriptionValidation', '[]', 400],
    ['SomethingElse', '[]', 400],
    [undefined, '[{"id":"a"}]', 400],
    ['Notification', '[{', 400],
    ['Notification', '7', 400],
    ['Notification', '[7]', 400],
    ['Notification', `[${' '.repeat(5_000_000)}]`, 413],
  ])('that sends %s may be refused (%#)', async (kind, body, status) => {
    expect(await post(kind, body)).toEqual({ status, text: '' })
    expect(takeTrace()).toEqual([])
  })

  it.each(['nobody', '', 'switchedOff'])('of the function "%s" finds none', async (name) => {
    expect((await post('Notification', '[]', name)).status).toBe(404)
  })
})

describe('events', () => {
  it('set a function off one by one, with their data beside them', async () => {
    const body = JSON.stringify([{ id: 'a', data: { x: 1 } }, { id: 'b' }])
    expect((await post('notification', body)).status).toBe(202)
    expect(takeTrace()).toEqual(
      expect.arrayContaining([
        { event: { id: 'a', data: { x: 1 } }, data: { x: 1 } },
        { event: { id: 'b' } },
      ]),
    )
  })

  it('are taken in the form of cloud events, alone or several', async () => {
    const event = { specversion: '1.0', type: 't', source: 's', id: 'c', data: { y: 2 } }
    expect((await post('Notification', JSON.stringify(event))).status).toBe(202)
    expect((await post('Notification', JSON.stringify([event, event]))).status).toBe(202)
    const kept = { event, data: { y: 2 } }
    expect(takeTrace()).toEqual([kept, kept, kept])
  })

  it('all go to one call of a function that takes many', async () => {
    expect((await post('Notification', '[{"id":"a"},{"id":"b"}]', 'ONEVENTS')).status).toBe(202)
    expect((await post('Notification', '{"id":"c"}', 'onEvents')).status).toBe(202)
    expect(takeTrace()).toEqual([{ ids: ['a', 'b'] }, { ids: ['c'] }])
  })

  it('come again all together when one of them fails', async () => {
    expect((await post('Notification', '[{"id":"a"},{"id":"bad"}]')).status).toBe(500)
    expect(takeTrace()).toEqual([{ event: { id: 'a' } }])
  })
})
