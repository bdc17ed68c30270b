import type { Duplex } from 'node:stream'

import type { OutgoingFrame } from './frame.ts'
import { FrameError, FrameReader, isWritable, writeFrames } from './frame.ts'
import type { Message } from './message-codec.ts'
import { decodeMessage, encodeMessage, messageKindCount } from './message-codec.ts'

/** Messages over a stream between a host and its worker. What is sent in one turn of the event loop leaves in one write. */
export class WorkerChannel<Sent extends Message, Received extends Message> {
  readonly #stream: Duplex
  #waiting: OutgoingFrame[] = []

  /** `onClose` is told once, when the other end is gone. */
  constructor(
    stream: Duplex,
    { onMessage, onClose }: { onMessage: (message: Received) => void; onClose: () => void },
  ) {
    this.#stream = stream
    const reader = new FrameReader((frame) => onMessage(decodeMessage(frame) as Received), messageKindCount)
    stream.on('data', (chunk: Buffer) => {
      try {
        reader.push(chunk)
      } catch (error) {
        // App code that wrote to the file descriptor: nothing can be made out any more.
        if (!(error instanceof FrameError)) throw error
        stream.destroy(error)
      }
    })
    // A broken channel closes, and its end is what matters.
    stream.on('error', () => {})
    stream.on('close', onClose)
  }

  /** Sends a message. Nothing happens when the other end is gone. @throws RangeError for a message above 4 GiB */
  send(message: Sent): void {
    if (!this.#stream.writable) return
    const frame = encodeMessage(message)
    if (!isWritable(frame)) throw new RangeError('A message to or from a worker may have 4 GiB at most.')
    this.#waiting.push(frame)
    // After the callbacks of all sockets that have something in this turn.
    if (this.#waiting.length === 1) setImmediate(() => this.#flush())
  }

  /** Sends what is waiting, and calls back when it has left or cannot. */
  end(callback: () => void): void {
    this.#flush()
    this.#stream.on('close', callback)
    this.#stream.end(callback)
  }

  #flush(): void {
    const frames = this.#waiting
    this.#waiting = []
    if (this.#stream.writable) writeFrames(this.#stream, frames)
  }
}
