import { murmurHash128, murmurHash32 } from './murmur-hash.ts'
import type { KeyPart, PartitionKeyDefinition } from './partition-key.ts'

// Clients compute the same hashes to pick a range, so every byte here must be as theirs.
const prefix = { undefined: 0, null: 1, false: 2, true: 3, number: 5, string: 8, end: 0xff }
const encoder = new TextEncoder()
const longestV1String = 100

/** The effective partition key: the place of a partition key in the hash space, as upper-case hex. */
export function effectiveKey(parts: readonly KeyPart[], definition: PartitionKeyDefinition): string {
  if (definition.kind === 'MultiHash') return parts.map((part) => hashV2([part])).join('')
  return definition.version === 2 ? hashV2(parts) : hashV1(parts[0])
}

/** A number in the binary encoding that version-1 keys begin with: it sorts as the number does. */
export function encodeNumberV1(value: number): string {
  const sign = 1n << 63n
  const raw = rawBits(value)
  let payload = sign > raw ? raw ^ sign : BigInt.asUintN(64, ~raw + 1n)
  const bytes: number[] = [prefix.number, Number(payload >> 56n)]
  payload = BigInt.asUintN(64, payload << 8n)
  let pending = 0
  let isFirst = true
  do {
    if (!isFirst) bytes.push(pending)
    isFirst = false
    pending = Number(payload >> 56n) | 1
    payload = BigInt.asUintN(64, payload << 7n)
  } while (payload !== 0n)
  if ((pending & 0xfe) !== 0) bytes.push(pending & 0xfe)
  return toHex(bytes)
}

function hashV2(parts: readonly KeyPart[]): string {
  const [h1, h2] = murmurHash128(Uint8Array.from(parts.flatMap(bytesV2)))
  return hex64(h2 & ((1n << 62n) - 1n)) + hex64(h1)
}

function bytesV2(part: KeyPart): number[] {
  if (typeof part === 'string') return [prefix.string, ...encoder.encode(part), prefix.end]
  if (typeof part === 'number') return [prefix.number, ...littleEndian(part)]
  return simpleBytes(part)
}

function hashV1(part: KeyPart): string {
  const hash = murmurHash32(Uint8Array.from(bytesV1(part)))
  return encodeNumberV1(hash) + encodeValueV1(part)
}

function bytesV1(part: KeyPart): number[] {
  if (typeof part === 'string')
    return [prefix.string, ...encoder.encode(part.slice(0, longestV1String)), prefix.undefined]
  if (typeof part === 'number') return [prefix.number, ...littleEndian(part)]
  return simpleBytes(part)
}

function encodeValueV1(part: KeyPart): string {
  if (typeof part === 'number') return encodeNumberV1(part)
  if (typeof part !== 'string') return toHex(simpleBytes(part))
  const text = encoder.encode(part.slice(0, longestV1String))
  return toHex([prefix.string, ...text.map((byte) => (byte < 0xff ? byte + 1 : byte)), prefix.undefined])
}

function simpleBytes(part: KeyPart): number[] {
  if (part === null) return [prefix.null]
  if (part === true) return [prefix.true]
  return [part === false ? prefix.false : prefix.undefined]
}

function littleEndian(value: number): number[] {
  const view = new DataView(new ArrayBuffer(8))
  view.setFloat64(0, value, true)
  return [...new Uint8Array(view.buffer)]
}

function rawBits(value: number): bigint {
  const view = new DataView(new ArrayBuffer(8))
  view.setFloat64(0, value)
  return view.getBigUint64(0)
}

function hex64(value: bigint): string {
  return value.toString(16).padStart(16, '0').toUpperCase()
}

function toHex(bytes: readonly number[]): string {
  return Buffer.from(bytes).toString('hex').toUpperCase()
}
