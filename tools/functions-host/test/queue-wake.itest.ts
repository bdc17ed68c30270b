import { afterAll, beforeAll, expect, it, jest } from '@jest/globals'

import { QueueApp } from './queue-app.ts'
import { RequestCounter } from './request-counter.ts'
import { RunningAzurite } from './running-azurite.ts'
import type { RunningHost } from './running-host.ts'
import { until } from './until.ts'

jest.setTimeout(60_000)

const ids = Array.from({ length: 20 }, (_order, n) => `order-${n}`)

let azurite: RunningAzurite
let counter: RequestCounter
let app: QueueApp
let host: RunningHost
const requests: string[] = []
/** How often messages of a queue were asked for. */
const polls = (suffix = ''): number =>
  requests.filter((text) => text === `GET /devstoreaccount1/${app.name}${suffix}/messages`).length
beforeAll(async () => {
  azurite = await RunningAzurite.start()
  const endpoint = new URL(/QueueEndpoint=([^;]+)/.exec(azurite.connection)?.[1] ?? '')
  counter = await RequestCounter.start(endpoint.origin, requests)
  app = new QueueApp(azurite.connection, {
    Storage: azurite.connection.replace(endpoint.origin, counter.origin),
    AzureFunctionsJobHost__extensions__queues__maxPollingInterval: '01:00:00',
  })
  await app.queue.create()
  host = await app.start({ functions: ['orders', 'texts'] })
  // By then the back-off is at two seconds and more.
  await until(() => (polls() >= 6 && polls('-texts') >= 6 ? true : undefined))
})
afterAll(async () => {
  await host[Symbol.asyncDispose]()
  app[Symbol.dispose]()
  await counter[Symbol.asyncDispose]()
  await azurite[Symbol.asyncDispose]()
})

async function sendAndWake(order: object): Promise<void> {
  await app.send(order)
  const answer = await fetch(`${host.url('queues')}/admin/host/wake`, {
    method: 'POST',
    body: JSON.stringify({ queue: app.name }),
  })
  expect(answer.status).toBe(202)
}

// One for each, and what the back-off itself does meanwhile: were it started anew by each, it would be two and more for each.
const mostPolls = ids.length + 6

it('a wake costs one request for messages, and finds what was sent long before the next poll', async () => {
  const before = polls()
  for (const id of ids) {
    await sendAndWake({ id })
    await until(() => (app.values('done').includes(id) ? true : undefined))
  }
  expect(app.values('done')).toEqual(ids)
  expect(polls() - before).toBeLessThanOrEqual(mostPolls)
})

it('what a function sends wakes the listener of that queue in the same host', async () => {
  const before = polls('-texts')
  for (const id of ids) {
    await sendAndWake({ id, behaviour: 'relay' })
    await until(() => (app.values('message').includes(id) ? true : undefined))
  }
  expect(app.values('message')).toEqual(ids)
  expect(polls('-texts') - before).toBeLessThanOrEqual(mostPolls)
})
