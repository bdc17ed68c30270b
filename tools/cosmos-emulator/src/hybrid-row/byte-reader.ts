import { badRequest } from '../errors.ts'

const longestVarintBytes = 5

/** Reads bytes from the front, never past the end. Each method throws ServiceError 400 where the bytes end too early. */
export class ByteReader {
  readonly #bytes: Buffer
  #at = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#bytes.length
  }

  take(size: number): Buffer {
    const end = this.#at + size
    if (size < 0 || end > this.#bytes.length) throw badRequest('The binary body ends too early.')
    const taken = this.#bytes.subarray(this.#at, end)
    this.#at = end
    return taken
  }

  uint8(): number {
    return this.take(1).readUInt8()
  }

  int32(): number {
    return this.take(4).readInt32LE()
  }

  uint32(): number {
    return this.take(4).readUInt32LE()
  }

  float64(): number {
    return this.take(8).readDoubleLE()
  }

  /** A whole number in groups of seven bits, the lowest first. */
  varint(): number {
    let value = 0
    for (let at = 0; at < longestVarintBytes; at += 1) {
      const byte = this.uint8()
      value += (byte & 0x7f) * 2 ** (7 * at)
      if (byte < 0x80) return value
    }
    throw badRequest('A length in the binary body is too large.')
  }
}

/** Writes a whole number in groups of seven bits, the lowest first. */
export function varintBytes(value: number): Buffer {
  const bytes: number[] = []
  for (let rest = value; ; rest = Math.floor(rest / 0x80)) {
    if (rest < 0x80) return Buffer.from([...bytes, rest])
    bytes.push((rest % 0x80) | 0x80)
  }
}
