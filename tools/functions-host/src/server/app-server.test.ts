import { once } from 'node:events'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { connect } from 'node:net'
import { afterEach, describe, expect, it } from '@jest/globals'

import { makeAppServer } from './app-server.ts'

const patience = { headersMs: 300, checkMs: 50, bodies: { leastBytesPerSecond: 1000, graceMs: 100 } }
let server: Server | undefined

/** A server that reads what it is sent and says how much. */
async function serve(answer = answerLength): Promise<() => Socket> {
  server = makeAppServer(answer, patience)
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  return () => connect(port, '127.0.0.1').on('error', () => {})
}

function answerLength(request: IncomingMessage, response: ServerResponse): void {
  let length = 0
  request
    .on('data', (chunk: Buffer) => (length += chunk.length))
    .on('end', () => response.end(String(length)))
}

/** What a connection was sent until it was closed. */
async function textOf(socket: Socket): Promise<string> {
  let text = ''
  socket.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')))
  await new Promise((resolve) => socket.once('close', resolve))
  return text
}

/** Sends a byte now and then, as long as anybody takes it. */
function drip(socket: Socket, byte: string): void {
  const timer = setInterval(() => socket.write(byte), 20)
  socket.on('close', () => clearInterval(timer))
}

afterEach(() => {
  server?.closeAllConnections()
  server?.close()
})

const head = (more: string): string => `POST / HTTP/1.1\r\nHost: a\r\n${more}\r\n`

describe('a client that keeps its server waiting', () => {
  it('is sent away with 408 when its headers never end', async () => {
    const socket = (await serve())()
    socket.write('GET / HTTP/1.1\r\nHost: a\r\nX: ')
    drip(socket, 'x')
    expect(await textOf(socket)).toMatch(/^HTTP\/1\.1 408 /)
  })

  it('is sent away when it says nothing at all', async () => {
    const socket = (await serve())()
    expect(await textOf(socket)).toMatch(/^HTTP\/1\.1 408 /)
  })

  it('is sent away with 408 when its body comes by the drop', async () => {
    const socket = (await serve())()
    socket.write(head('Content-Length: 1000000\r\n'))
    drip(socket, 'x')
    expect(await textOf(socket)).toMatch(/^HTTP\/1\.1 408 /)
  })

  it('is cut off when it has had a part of its answer', async () => {
    const socket = (
      await serve((request, response) => {
        response.write('early')
        request.resume()
      })
    )()
    socket.write(head('Transfer-Encoding: chunked\r\n'))
    drip(socket, '1\r\nx\r\n')
    expect(await textOf(socket)).toMatch(/^HTTP\/1\.1 200 [^]*early\r\n$/)
  })

  it('is waited for when it is the server that does not read', async () => {
    let read: () => void = () => {}
    const dial = await serve((request, response) => {
      if (request.url === '/later') read = () => answerLength(request, response)
      else answerLength(request, response)
    })
    const patient = dial()
    patient.write('POST /later HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nConnection: close\r\n\r\nab')
    // By the time that three others have been sent away, one after the other, it would have been too.
    for (let others = 0; others < 3; others += 1) {
      const other = dial()
      other.write(head('Content-Length: 1000000\r\n'))
      expect(await textOf(other)).toMatch(/^HTTP\/1\.1 408 /)
    }
    read()
    patient.write('c')
    expect(await textOf(patient)).toMatch(/\r\n\r\n3$/)
  })
})

describe('a request that is too much', () => {
  it.each([
    ['10,000 headers', `GET / HTTP/1.1\r\nHost: a\r\n${'a: b\r\n'.repeat(10_000)}\r\n`, 431],
    ['101 headers', `GET / HTTP/1.1\r\nHost: a\r\n${'a: b\r\n'.repeat(100)}\r\n`, 431],
    ['a name of 40 KB', `GET / HTTP/1.1\r\nHost: a\r\n${'a'.repeat(40_000)}: b\r\n\r\n`, 431],
    ['a target of 9 KB', `GET /${'a'.repeat(9000)} HTTP/1.1\r\nHost: a\r\n\r\n`, 414],
    [
      'a chunk extension of 1 MB',
      `${head('Transfer-Encoding: chunked\r\n')}1;${'a'.repeat(1_000_000)}\r\nx\r\n0\r\n\r\n`,
      400,
    ],
    [
      'a chunk of more bytes than there are',
      `${head('Transfer-Encoding: chunked\r\n')}fffffffffffffffff\r\n`,
      400,
    ],
  ])('of %s is refused', async (_what, text, status) => {
    const socket = (await serve())()
    const answered = textOf(socket)
    socket.write(text.replace('Host: a', 'Host: a\r\nConnection: close'), 'latin1')
    // Who is refused while still sending may be reset before the answer is read.
    expect(await answered).toMatch(new RegExp(`^(HTTP/1\\.1 ${status} |$)`))
  })

  it('of a header of 100 MB is refused long before its end', async () => {
    const socket = (await serve())()
    const answered = textOf(socket)
    const piece = Buffer.alloc(1_000_000, 'a')
    socket.write('GET / HTTP/1.1\r\nHost: a\r\nX: ')
    let sentBytes = 0
    while (sentBytes < 100_000_000 && socket.writable) {
      sentBytes += piece.length
      if (!socket.write(piece))
        await new Promise((resolve) => socket.once('drain', resolve).once('close', resolve))
    }
    expect(await answered).toMatch(/^(HTTP\/1\.1 431 |$)/)
    expect(sentBytes).toBeLessThan(50_000_000)
  })
})

describe('a CONNECT request', () => {
  it('is answered 404, and its connection ends', async () => {
    const socket = (await serve())()
    socket.write('CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n')
    expect(await textOf(socket)).toMatch(/^HTTP\/1\.1 404 /)
  })

  it('does the server no harm when its client is gone before the answer', async () => {
    const open = await serve()
    for (let count = 0; count < 50; count += 1) {
      const socket = open()
      await once(socket, 'connect')
      socket.write('CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n')
      socket.resetAndDestroy()
    }
    const socket = open()
    socket.write(`${head('Content-Length: 2\r\nConnection: close\r\n')}ok`)
    expect(await textOf(socket)).toMatch(/^HTTP\/1\.1 200 /)
  })
})

describe('a host', () => {
  it.each([
    ['localhost:7071', '/', 200],
    ['[::1]:80', '/', 200],
    ['a_b.example', '/', 200],
    ['a.example', 'http://a.example/x', 200],
    ['a.example:80', 'http://a.example/x', 200],
    ['a@b', '/', 400],
    ['a/b', '/', 400],
    ['a:b', '/', 400],
    ['a b', '/', 400],
    ['b.example', 'http://a.example/x', 400],
  ])('"%s" of the target %s is answered %i', async (host, target, status) => {
    const socket = (await serve())()
    socket.write(`GET ${target} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`)
    expect(await textOf(socket)).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `))
  })
})
