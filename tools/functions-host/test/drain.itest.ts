import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, connect } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'

import { RunningHost } from './running-host.ts'
import { until } from './until.ts'

jest.setTimeout(40_000)

const library = import.meta.resolve('@azure/functions')
/** More than the buffers of two sockets hold. */
const largeBytes = 50_000_000
const folder = mkdtempSync(join(tmpdir(), 'functions-host-drain-'))
beforeAll(() => {
  writeFileSync(join(folder, 'host.json'), '{ "version": "2.0" }')
  writeFileSync(join(folder, 'package.json'), '{ "type": "module", "main": "index.js" }')
  // Loads slowly, so that a client can give up before it has.
  writeFileSync(
    join(folder, 'index.js'),
    `import functions from '${library}'
    const { app } = functions
    if (process.env.STREAMING) app.setup({ enableHttpStream: true })
    app.http('echo', { methods: ['POST'], handler: async (request) => ({ body: await request.text() }) })
    app.http('large', { handler: () => ({ body: 'x'.repeat(${largeBytes}) }) })
    app.timer('slow', {
      schedule: '0 0 0 1 1 *',
      handler: async (_timer, context) => {
        context.log('slow begins')
        await new Promise((resolve) => setTimeout(resolve, 1000))
        context.log('slow is done')
      },
    })
    await new Promise((resolve) => setTimeout(resolve, 1500))`,
  )
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

/** Sends this much of a request as soon as somebody listens, then gives up. */
async function sendAndLeave(port: number, text: string): Promise<void> {
  await until(async () => {
    const socket = connect(port, '127.0.0.1')
    try {
      await once(socket, 'connect')
    } catch {
      return undefined
    }
    socket.write(text)
    // "100 Continue": the host has read the head, and with it what came in the same packet.
    await once(socket, 'data')
    socket.destroy()
    return true
  })
}

const head = 'POST /api/echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n'

describe('a host that ends', () => {
  it.each([
    ['buffered', {}],
    ['streaming', { STREAMING: '1' }],
  ])('does not wait for clients that left while the app was loading: %s', async (_mode, settings) => {
    const port = await freePort()
    const starting = RunningHost.start({ [folder]: settings }, { port })
    await sendAndLeave(port, `${head}whole`)
    await sendAndLeave(port, `${head}pa`)
    await using host = await starting
    await sendAndLeave(port, `${head}pa`)
    const answer = await fetch(`http://127.0.0.1:${port}/api/echo`, { method: 'POST', body: 'here' })
    expect(await answer.text()).toBe('here')

    const startMs = Date.now()
    expect(await host.end()).toBe(0)
    expect(Date.now() - startMs).toBeLessThan(3_000)
  })

  it('lets an answer that is on its way arrive whole', async () => {
    await using host = await RunningHost.start({ [folder]: {} })
    const { port } = new URL(host.url(basename(folder)))
    const socket = connect(Number(port), '127.0.0.1')
    let receivedBytes = 0
    socket.on('data', (chunk: Buffer) => (receivedBytes += chunk.byteLength))
    socket.write('GET /api/large HTTP/1.1\r\nHost: localhost\r\n\r\n')
    await once(socket, 'data')
    socket.pause()

    const ended = host.end()
    await until(() => isRefused(Number(port)))
    expect(receivedBytes).toBeLessThan(largeBytes)
    socket.resume()
    await once(socket, 'close')
    expect(receivedBytes).toBeGreaterThan(largeBytes)
    expect(await ended).toBe(0)
  })

  it('lets a function end that the admin door has set off', async () => {
    await using host = await RunningHost.start({ [folder]: {} })
    const answer = await fetch(`${host.url(basename(folder))}/admin/functions/slow`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    })
    expect(answer.status).toBe(202)
    await until(() => /slow begins/.test(host.log))
    expect(await host.end()).toBe(0)
    expect(host.log).toContain('slow is done')
  })
})

/** Whether nobody takes connections any more. */
async function isRefused(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  try {
    await once(socket, 'connect')
    return false
  } catch {
    return true
  } finally {
    socket.destroy()
  }
}
