import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { request } from 'node:http'
import { expect, it } from '@jest/globals'

import { RunningHost } from '../running-host.ts'

it('gives an app a task hub that has a durable client, but no durable functions', async () => {
  await using host = await RunningHost.start({ starter: {} })
  const url = host.url('starter')
  expect(await (await fetch(`${url}/api/list`)).json()).toEqual([])
  const started = await fetch(`${url}/api/start`)
  expect(await started.text()).toContain(
    "The function 'elsewhere' doesn't exist, is disabled, or is not an orchestrator function. Additional info: The following are the known orchestrator functions: .",
  )
  const unknown = await fetch(`${url}/runtime/webhooks/durabletask/instances/nobody`)
  expect([started.status, unknown.status]).toEqual([500, 404])

  // A web page whose name points to this machine is of the same origin.
  const headers = { host: `evil.example:${new URL(url).port}` }
  const call = request(`${url}/runtime/webhooks/durabletask/instances`, { headers }).end()
  const [answer] = (await once(call, 'response')) as [IncomingMessage]
  answer.resume()
  expect(answer.statusCode).toBe(403)
})
