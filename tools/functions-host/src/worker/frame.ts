import type { Writable } from 'node:stream'

/** One message on a byte stream: what kind it is, its head, and bytes that go with it. */
export interface Frame {
  /** 0 to 255; means what the two ends agree on. */
  readonly kind: number
  readonly head: Buffer
  readonly body: Buffer
}

/** Length of the head, length of the body (both 32 bits, little-endian), kind (8 bits). */
const prefixBytes = 9

/** Bodies above this size are written as they are, without a copy, bytes. */
const largeBodyBytes = 16 * 1024

/** Most bytes in a head or a body. */
const mostBytes = 2 ** 32 - 1

/** A frame that is still to be written. A large body must not change until it has been. */
export interface OutgoingFrame {
  readonly kind: number
  readonly head: string | Uint8Array
  readonly body?: string | Uint8Array
}

/** Whether a frame can be written. */
export function isWritable({ head, body = '' }: OutgoingFrame): boolean {
  return Buffer.byteLength(head) <= mostBytes && Buffer.byteLength(body) <= mostBytes
}

/** Writes frames, those without a large body in one piece. */
export function writeFrames(stream: Writable, frames: readonly OutgoingFrame[]): void {
  let begin = 0
  for (const [index, { body = '' }] of frames.entries()) {
    if (Buffer.byteLength(body) <= largeBodyBytes) continue
    stream.write(join(frames.slice(begin, index + 1)))
    stream.write(body)
    begin = index + 1
  }
  if (begin < frames.length) stream.write(join(frames.slice(begin)))
}

/** Frames in one piece; the body of the last one is left out where it is large. */
function join(frames: readonly OutgoingFrame[]): Buffer {
  const sizes = frames.map(({ head, body = '' }) => ({
    headBytes: Buffer.byteLength(head),
    bodyBytes: Buffer.byteLength(body),
  }))
  const total = sizes.reduce(
    (sum, { headBytes, bodyBytes }) =>
      sum + prefixBytes + headBytes + (bodyBytes > largeBodyBytes ? 0 : bodyBytes),
    0,
  )
  const bytes = Buffer.allocUnsafe(total)
  let offset = 0
  for (const [index, { kind, head, body = '' }] of frames.entries()) {
    const { headBytes = 0, bodyBytes = 0 } = sizes[index] ?? {}
    bytes.writeUInt32LE(headBytes, offset)
    bytes.writeUInt32LE(bodyBytes, offset + 4)
    bytes.writeUInt8(kind, offset + 8)
    offset += prefixBytes
    copyInto(bytes, offset, head)
    offset += headBytes
    if (bodyBytes > largeBodyBytes) continue
    copyInto(bytes, offset, body)
    offset += bodyBytes
  }
  return bytes
}

function copyInto(frame: Buffer, offset: number, part: string | Uint8Array): void {
  if (typeof part === 'string') frame.write(part, offset)
  else frame.set(part, offset)
}

/** Something else than frames was on the stream. */
export class FrameError extends Error {}

/** Puts frames together from the chunks of a stream, each byte copied once at most. */
export class FrameReader {
  readonly #onFrame: (frame: Frame) => void
  readonly #kindCount: number
  /** Begin of a prefix that is not whole yet. */
  #rest: Buffer = Buffer.alloc(0)
  /** The frame that is not whole yet. */
  #open: { kind: number; headBytes: number; content: Buffer; filledBytes: number } | undefined

  /** `kindCount`: a frame of a kind from this number on is none. */
  constructor(onFrame: (frame: Frame) => void, kindCount = 256) {
    this.#onFrame = onFrame
    this.#kindCount = kindCount
  }

  /**
   * Takes the next chunk; frames that it completes are given out at once, as views of it where they lie in it whole.
   * @throws FrameError for what is no frame: all that comes after it is none either
   */
  push(chunk: Buffer): void {
    let offset = this.#fill(chunk)
    if (this.#open) return
    let bytes = chunk
    if (this.#rest.byteLength > 0) {
      bytes = Buffer.concat([this.#rest, chunk.subarray(offset)])
      offset = 0
      this.#rest = Buffer.alloc(0)
    }
    while (bytes.byteLength - offset >= prefixBytes) {
      const headBytes = bytes.readUInt32LE(offset)
      const bodyBytes = bytes.readUInt32LE(offset + 4)
      const kind = bytes.readUInt8(offset + 8)
      if (kind >= this.#kindCount) throw new FrameError(`There is no kind ${kind} of frames.`)
      const begin = offset + prefixBytes
      const end = begin + headBytes + bodyBytes
      if (end > bytes.byteLength) {
        this.#open = { kind, headBytes, content: Buffer.allocUnsafe(headBytes + bodyBytes), filledBytes: 0 }
        this.#fill(bytes.subarray(begin))
        return
      }
      const split = begin + headBytes
      this.#onFrame({ kind, head: bytes.subarray(begin, split), body: bytes.subarray(split, end) })
      offset = end
    }
    if (offset < bytes.byteLength) this.#rest = bytes.subarray(offset)
  }

  /** Fills the open frame; answers how many bytes of the chunk it took. */
  #fill(chunk: Buffer): number {
    const frame = this.#open
    if (!frame) return 0
    const taken = chunk.copy(frame.content, frame.filledBytes)
    frame.filledBytes += taken
    if (frame.filledBytes === frame.content.byteLength) {
      this.#open = undefined
      const { kind, headBytes, content } = frame
      this.#onFrame({ kind, head: content.subarray(0, headBytes), body: content.subarray(headBytes) })
    }
    return taken
  }
}
