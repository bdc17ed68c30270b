import { readSync, writeSync } from 'node:fs'

const headerBytes = 4
const chunkBytes = 64 * 1024
const largestFrameBytes = 32 * 1024 * 1024

/** The other side has closed its end: its process is gone. */
export class ChannelClosed extends Error {}

/** JSON messages over two pipes, each after its length in bytes (32 bits, little endian). It reads and writes without an event loop. */
export class FrameChannel {
  readonly #readFd: number
  readonly #writeFd: number
  readonly #wait: () => void
  #received = Buffer.alloc(0)

  /** `wait` is called while a pipe is not ready (never for pipes that block); it may throw to give up. */
  constructor(readFd: number, writeFd: number, wait: () => void = () => undefined) {
    this.#readFd = readFd
    this.#writeFd = writeFd
    this.#wait = wait
  }

  /** @throws ChannelClosed, or what `wait` throws */
  send(message: unknown): void {
    const text = Buffer.from(JSON.stringify(message))
    const frame = Buffer.allocUnsafe(headerBytes + text.length)
    frame.writeUInt32LE(text.length, 0)
    text.copy(frame, headerBytes)
    for (let sent = 0; sent < frame.length;) {
      const at = sent
      sent += this.#whenReady(() => writeSync(this.#writeFd, frame, at))
    }
  }

  /** The next message. @throws ChannelClosed, or what `wait` throws */
  receive(): unknown {
    const length = this.#take(headerBytes).readUInt32LE(0)
    if (length > largestFrameBytes) throw new ChannelClosed(`A message of ${length} bytes is too large.`)
    return JSON.parse(this.#take(length).toString('utf8')) as unknown
  }

  #take(wanted: number): Buffer {
    const chunks = [this.#received]
    let size = this.#received.length
    while (size < wanted) {
      const chunk = Buffer.allocUnsafe(chunkBytes)
      const count = this.#whenReady(() => readSync(this.#readFd, chunk))
      if (count === 0) throw new ChannelClosed('The pipe is closed.')
      chunks.push(chunk.subarray(0, count))
      size += count
    }
    const all = chunks.length === 1 ? this.#received : Buffer.concat(chunks)
    this.#received = all.subarray(wanted)
    return all.subarray(0, wanted)
  }

  #whenReady(transfer: () => number): number {
    for (;;) {
      try {
        return transfer()
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException
        if (code === 'EPIPE') throw new ChannelClosed('The pipe is closed.')
        if (code !== 'EAGAIN' && code !== 'EINTR') throw error
      }
      this.#wait()
    }
  }
}
