import { once } from 'node:events'
import type { IncomingMessage, RequestListener, RequestOptions, Server } from 'node:http'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

import { afterEach, describe, expect, it } from '@jest/globals'

import type { Exchange } from './forwarding-proxy.ts'
import { startForwardingProxy } from './forwarding-proxy.ts'

const closers: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close()
})

interface Proxied {
  readonly port: number
  readonly exchanges: Exchange[]
  readonly server: Server
}

/** A server and a proxy before it. */
async function proxyOf(listener: RequestListener): Promise<Proxied> {
  const server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const exchanges: Exchange[] = []
  const proxy = await startForwardingProxy({
    targetPort: () => port,
    isBodyWanted: ({ headers }) => headers['x-wanted'] !== undefined,
    onExchange: (exchange) => exchanges.push(exchange),
  })
  const end = (): void => {
    server.close()
    server.closeAllConnections()
  }
  closers.push(end, () => proxy.close())
  return { port: proxy.port, exchanges, server }
}

function send(port: number, options: RequestOptions, body = ''): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port, agent: false, ...options })
      .once('response', resolve)
      .once('error', reject)
      .end(body)
  })
}

describe('a proxy', () => {
  it('changes nothing: method, path, headers in order and spelling, body, status, trailers', async () => {
    let seen: Pick<IncomingMessage, 'method' | 'url' | 'rawHeaders'> | undefined
    const { port, exchanges } = await proxyOf((asked, answer) => {
      seen = { method: asked.method, url: asked.url, rawHeaders: asked.rawHeaders }
      answer.sendDate = false
      answer.writeHead(207, 'Some Of It', ['X-Twice', '1', 'x-TWICE', '2', 'Trailer', 'X-Late'])
      asked.pipe(answer, { end: false })
      asked.once('end', () => {
        answer.addTrailers({ 'X-Late': 'yes' })
        answer.end()
      })
    })
    const headers = [
      'Host',
      'account.example:1',
      'X-Ms-Date',
      'now',
      'x-MS-date',
      'later',
      'Content-Length',
      '3',
    ]
    const path = "/a%2Fb//c?x=%41&y='1'"

    const answer = await send(port, { method: 'MERGE', path, headers }, 'abc')

    expect(await text(answer)).toBe('abc')
    expect(seen).toEqual({ method: 'MERGE', url: path, rawHeaders: [...headers, 'Connection', 'close'] })
    expect(answer).toMatchObject({
      statusCode: 207,
      statusMessage: 'Some Of It',
      trailers: { 'x-late': 'yes' },
    })
    expect(answer.rawHeaders.slice(0, 4)).toEqual(['X-Twice', '1', 'x-TWICE', '2'])
    expect(exchanges).toMatchObject([{ method: 'MERGE', url: path, status: 207, body: '' }])
  })

  it('keeps a body only where it is wanted', async () => {
    const { port, exchanges } = await proxyOf(
      (asked, answer) => void asked.resume().once('end', () => answer.end()),
    )

    await text(await send(port, { method: 'POST' }, 'one'))
    await text(await send(port, { method: 'POST', headers: { 'x-wanted': 'true' } }, 'two'))

    expect(exchanges.map(({ body }) => body)).toEqual(['', 'two'])
  })

  it('streams both ways at once', async () => {
    const { port } = await proxyOf((asked, answer) => void asked.pipe(answer))
    const sent = request({ host: '127.0.0.1', port, method: 'PUT', agent: false })
    sent.write('first')
    const [answer] = (await once(sent, 'response')) as [IncomingMessage]
    const pieces = answer.setEncoding('utf8')[Symbol.asyncIterator]()

    expect(await pieces.next()).toMatchObject({ value: 'first' })
    sent.end('last')
    expect(await pieces.next()).toMatchObject({ value: 'last' })
    expect(await pieces.next()).toMatchObject({ done: true })
  })

  it('leaves it to the server whether a body is asked for', async () => {
    const { port, server, exchanges } = await proxyOf(() => undefined)
    server.on('checkContinue', (asked: IncomingMessage, answer) => {
      if (asked.url === '/no') answer.writeHead(412).end()
      else {
        answer.writeContinue()
        asked.pipe(answer)
      }
    })
    const headers = { expect: '100-continue' }
    const welcome = request({ host: '127.0.0.1', port, method: 'PUT', headers, agent: false })
    welcome.flushHeaders()
    await once(welcome, 'continue')
    welcome.end('body')
    const [answer] = (await once(welcome, 'response')) as [IncomingMessage]
    const unwelcome = request({ host: '127.0.0.1', port, method: 'PUT', path: '/no', headers, agent: false })
    unwelcome.flushHeaders()
    const [refusal] = (await once(unwelcome, 'response')) as [IncomingMessage]
    unwelcome.destroy()

    expect(await text(answer)).toBe('body')
    expect(refusal.statusCode).toBe(412)
    expect(exchanges.map(({ status }) => status)).toEqual([200, 412])
  })

  it('breaks off an answer that the server breaks off', async () => {
    const { port } = await proxyOf((_asked, answer) => {
      answer.writeHead(200, { 'content-length': '10' })
      answer.write('half', () => answer.destroy())
    })

    await expect(send(port, {}).then(text)).rejects.toThrow('aborted')
  })

  it('breaks off a request that the caller breaks off', async () => {
    const arrived = Promise.withResolvers<IncomingMessage>()
    const { port } = await proxyOf((asked) => arrived.resolve(asked.on('error', () => undefined)))
    const sent = request({ host: '127.0.0.1', port, method: 'PUT', agent: false })
    sent.on('error', () => undefined)
    sent.write('some')
    const asked = await arrived.promise
    const isClosed = new Promise((done) => asked.once('close', done))

    sent.destroy()
    await isClosed

    expect(asked.complete).toBe(false)
  })

  it('resets the connection where no server is, and tells that there was no answer', async () => {
    const { port, exchanges, server } = await proxyOf(() => undefined)
    server.close()
    await once(server, 'close')

    await expect(send(port, {})).rejects.toMatchObject({ code: 'ECONNRESET' })

    expect(exchanges).toMatchObject([{ method: 'GET', status: undefined }])
  })
})
