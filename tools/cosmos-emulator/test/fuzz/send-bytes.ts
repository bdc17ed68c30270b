import { connect } from 'node:net'

/** What came back over a connection: the status of each answer, and all of its text. */
export interface Heard {
  statuses: number[]
  text: string
}

const longestWaitMs = 30_000
const shortSilenceMs = 500
const longSilenceMs = 10_000
const pauseMs = 200

/**
 * Sends bytes over a connection of their own and hears until the other side ends. When that waits for more, which is not to come,
 * the sending side is ended first. Rejects when the other side does not end even then.
 */
export async function sendBytes(endpoint: string, bytes: Buffer): Promise<Heard> {
  const heard = await exchange(endpoint, bytes, shortSilenceMs)
  // A busy machine may have been slower than that with an answer, which the end of the sending side then cut off.
  return heard.statuses.length > 0 ? heard : exchange(endpoint, bytes, longSilenceMs)
}

async function exchange(endpoint: string, bytes: Buffer, silenceMs: number): Promise<Heard> {
  const { promise, resolve, reject } = Promise.withResolvers<Heard>()
  const socket = connect(Number(new URL(endpoint).port), '127.0.0.1')
  const chunks: Buffer[] = []
  const hung = setTimeout(() => {
    socket.destroy()
    reject(new Error('No answer: the connection hangs.'))
  }, longestWaitMs)
  socket.setTimeout(silenceMs, () => socket.end())
  socket.on('data', (chunk) => {
    chunks.push(chunk)
    socket.setTimeout(pauseMs)
  })
  socket.on('error', () => undefined)
  socket.on('close', () => {
    clearTimeout(hung)
    const text = Buffer.concat(chunks).toString('utf8')
    resolve({
      statuses: [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status)),
      text,
    })
  })
  socket.write(bytes)
  return promise
}
