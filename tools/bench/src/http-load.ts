import { once } from 'node:events'
import type { Socket } from 'node:net'
import { connect } from 'node:net'

/** What is asked, again and again. */
export interface HttpLoad {
  readonly url: string
  readonly requests: number
  /** Connections that are kept alive, each with one request at a time. */
  readonly connections: number
  readonly method?: string
  readonly body?: string
}

const headEnd = Buffer.from('\r\n\r\n')

/** Sends requests over raw connections, which costs less than the servers that are measured. @throws Error for an answer that is not 200 */
export async function sendLoad({
  url,
  requests,
  connections,
  method = 'GET',
  body,
}: HttpLoad): Promise<void> {
  const { hostname, port, host, pathname, search } = new URL(url)
  const length =
    body === undefined
      ? ''
      : `Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n`
  const message = Buffer.from(
    `${method} ${pathname}${search} HTTP/1.1\r\nHost: ${host}\r\n${length}\r\n${body ?? ''}`,
  )
  let left = requests
  await Promise.all(
    Array.from({ length: connections }, async () => {
      const socket = connect(Number(port), hostname)
      socket.setNoDelay(true)
      await once(socket, 'connect')
      try {
        await exchange(socket, message, () => left-- > 0)
      } finally {
        socket.destroy()
      }
    }),
  )
}

/** One request after the other while there are any left. */
async function exchange(socket: Socket, message: Buffer, takeOne: () => boolean): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    let waiting: Buffer = Buffer.alloc(0)
    const next = (): void => {
      if (takeOne()) socket.write(message)
      else resolve()
    }
    socket.on('error', reject)
    socket.on('close', () => reject(new Error('The server closed a connection.')))
    socket.on('data', (chunk) => {
      waiting = waiting.byteLength === 0 ? chunk : Buffer.concat([waiting, chunk])
      const size = answerSize(waiting)
      if (size === undefined || waiting.byteLength < size) return
      if (waiting.subarray(9, 12).toString('latin1') !== '200')
        return reject(new Error(`Not 200: ${waiting.toString('latin1', 0, 300)}`))
      waiting = waiting.subarray(size)
      next()
    })
    next()
  })
}

/** Bytes of the whole answer that begins here; undefined while its end cannot be told. */
function answerSize(bytes: Buffer): number | undefined {
  const end = bytes.indexOf(headEnd)
  if (end === -1) return undefined
  const head = bytes.toString('latin1', 0, end)
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1]
  if (length !== undefined) return end + headEnd.byteLength + Number(length)
  const last = bytes.indexOf('0\r\n\r\n', end)
  return last === -1 ? undefined : last + 5
}
