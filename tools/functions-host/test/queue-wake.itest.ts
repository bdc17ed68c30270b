import { expect, it, jest } from '@jest/globals'

import { QueueApp } from './queue-app.ts'
import { RequestCounter } from './request-counter.ts'
import { RunningAzurite } from './running-azurite.ts'
import { until } from './until.ts'

jest.setTimeout(60_000)

it('a wake costs one request for messages, and finds what was sent long before the next poll', async () => {
  await using azurite = await RunningAzurite.start()
  const endpoint = new URL(/QueueEndpoint=([^;]+)/.exec(azurite.connection)?.[1] ?? '')
  const requests: string[] = []
  await using counter = await RequestCounter.start(endpoint.origin, requests)
  using app = new QueueApp(azurite.connection, {
    Storage: azurite.connection.replace(endpoint.origin, counter.origin),
    AzureFunctionsJobHost__extensions__queues__maxPollingInterval: '01:00:00',
  })
  await app.queue.create()
  await using host = await app.start()
  const polls = (): number => requests.filter((text) => text.startsWith('GET ')).length
  // By then the back-off is at two seconds and more.
  await until(() => (polls() >= 6 ? true : undefined))

  const before = polls()
  const ids = Array.from({ length: 20 }, (_order, n) => `order-${n}`)
  for (const id of ids) {
    await app.send({ id })
    const answer = await fetch(`${host.url('queues')}/admin/host/wake`, {
      method: 'POST',
      body: JSON.stringify({ queue: app.name }),
    })
    expect(answer.status).toBe(202)
    await until(() => (app.values('done').includes(id) ? true : undefined))
  }

  expect(app.values('done')).toEqual(ids)
  // One for each, and what the back-off itself does meanwhile: were it started anew by each, it would be two and more for each.
  expect(polls() - before).toBeLessThanOrEqual(ids.length + 5)
})
