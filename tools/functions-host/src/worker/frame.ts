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

/** Bodies up to this size are copied behind their heads, which costs less than a write of their own, bytes. */
const smallBodyBytes = 16 * 1024

/** Most bytes in a head or a body. */
const mostBytes = 2 ** 32 - 1

/** Writes one frame. A large body is not copied: it must not change until it has been written. @throws RangeError above 4 GiB */
export function writeFrame(
  stream: Writable,
  kind: number,
  head: string | Uint8Array,
  body: string | Uint8Array = '',
): void {
  const headBytes = Buffer.byteLength(head)
  const bodyBytes = Buffer.byteLength(body)
  if (headBytes > mostBytes || bodyBytes > mostBytes)
    throw new RangeError(
      `A message of ${headBytes + bodyBytes} bytes is too large for a worker: 4 GiB is the limit.`,
    )
  const isSmall = bodyBytes <= smallBodyBytes
  const frame = Buffer.allocUnsafe(prefixBytes + headBytes + (isSmall ? bodyBytes : 0))
  frame.writeUInt32LE(headBytes, 0)
  frame.writeUInt32LE(bodyBytes, 4)
  frame.writeUInt8(kind, 8)
  copyInto(frame, prefixBytes, head)
  if (isSmall) copyInto(frame, prefixBytes + headBytes, body)
  stream.write(frame)
  if (!isSmall) stream.write(body)
}

function copyInto(frame: Buffer, offset: number, part: string | Uint8Array): void {
  if (typeof part === 'string') frame.write(part, offset)
  else frame.set(part, offset)
}

/** Puts frames together from the chunks of a stream, each byte copied once at most. */
export class FrameReader {
  readonly #onFrame: (frame: Frame) => void
  /** Begin of a prefix that is not whole yet. */
  #rest: Buffer = Buffer.alloc(0)
  /** The frame that is not whole yet. */
  #open: { kind: number; headBytes: number; content: Buffer; filledBytes: number } | undefined

  constructor(onFrame: (frame: Frame) => void) {
    this.#onFrame = onFrame
  }

  /** Takes the next chunk; frames that it completes are given out at once, as views of it where they lie in it whole. */
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
