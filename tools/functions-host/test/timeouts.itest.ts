import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'

import { RunningHost } from './running-host.ts'
import { until } from './until.ts'

jest.setTimeout(60_000)

const library = import.meta.resolve('@azure/functions')
const folder = mkdtempSync(join(tmpdir(), 'functions-host-timeouts-'))
beforeAll(() => {
  writeFileSync(join(folder, 'host.json'), '{ "version": "2.0", "functionTimeout": "00:00:01" }')
  writeFileSync(join(folder, 'package.json'), '{ "type": "module", "main": "index.js" }')
  // Each ends only when its time is not limited.
  writeFileSync(
    join(folder, 'index.js'),
    `import functions from '${library}'
    const { app } = functions
    const hang = () => new Promise((resolve) => setTimeout(() => resolve({ body: 'late' }), 1500))
    app.http('overHttp', { handler: hang })
    app.timer('overTimer', { schedule: '0 0 0 1 1 *', runOnStartup: true, handler: hang })
    app.eventGrid('overEventGrid', { handler: hang })`,
  )
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const cutOff = (name: string): RegExp =>
  new RegExp(
    `Timeout value of 00:00:01 exceeded by function 'Functions\\.${name}' \\(Id: '[0-9a-f-]{36}'\\)\\. Initiating cancellation\\.`,
  )

function sendEvent(url: string): Promise<Response> {
  return fetch(`${url}/runtime/webhooks/eventgrid?functionName=overEventGrid`, {
    method: 'POST',
    headers: { 'aeg-event-type': 'Notification', 'content-type': 'application/json' },
    body: JSON.stringify([
      {
        id: '1',
        eventType: 'a',
        subject: 'b',
        data: {},
        dataVersion: '1',
        eventTime: '2026-01-01T00:00:00Z',
      },
    ]),
  })
}

describe('a function past its time', () => {
  it('is cut off, whatever triggered it', async () => {
    await using host = await RunningHost.start({ [folder]: {} })
    const url = [...host.log.matchAll(/"url":"([^"]+)"/g)][0]?.[1] ?? ''
    // The next worker is asked for by then: nothing goes to the one that dies.
    await until(() => (host.log.includes("Executed 'Functions.overTimer' (Failed") ? true : undefined))
    expect((await fetch(`${url}/api/overHttp`)).status).toBe(500)
    expect((await sendEvent(url)).status).toBe(500)
    const reason = (name: string): string =>
      `Timeout value of 00:00:01 was exceeded by function: Functions.${name}`
    await until(() => (host.log.includes(reason('overEventGrid')) ? true : undefined))
    for (const name of ['overTimer', 'overHttp', 'overEventGrid']) {
      expect(host.log).toMatch(cutOff(name))
      expect(host.log).toContain(reason(name))
    }
  })

  it('is none where functionTimeout is -1', async () => {
    await using host = await RunningHost.start({ [folder]: { AzureFunctionsJobHost__functionTimeout: '-1' } })
    const url = [...host.log.matchAll(/"url":"([^"]+)"/g)][0]?.[1] ?? ''
    expect(await (await fetch(`${url}/api/overHttp`)).text()).toBe('late')
    expect((await sendEvent(url)).ok).toBe(true)
    expect(host.log).not.toContain('Timeout value')
  })
})
