const mask64 = (1n << 64n) - 1n
const c1 = 0x87c37b91114253d5n
const c2 = 0x4cf5ad432745937fn

/** MurmurHash3 x86, 32 bits, seed 0: the hash of version-1 partition keys. */
export function murmurHash32(bytes: Uint8Array): number {
  let hash = 0
  const blockEnd = bytes.length - (bytes.length % 4)
  for (let at = 0; at < blockEnd; at += 4) {
    hash ^= mix32(
      byteAt(bytes, at) |
        (byteAt(bytes, at + 1) << 8) |
        (byteAt(bytes, at + 2) << 16) |
        (byteAt(bytes, at + 3) << 24),
    )
    hash = (hash << 13) | (hash >>> 19)
    hash = (Math.imul(hash, 5) + 0xe6546b64) | 0
  }
  let tail = 0
  for (let at = bytes.length - 1; at >= blockEnd; at -= 1) tail = (tail << 8) | byteAt(bytes, at)
  if (blockEnd < bytes.length) hash ^= mix32(tail)
  hash ^= bytes.length
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}

/** MurmurHash3 x64, 128 bits, seed 0, as its two halves: the hash of version-2 partition keys. */
export function murmurHash128(bytes: Uint8Array): [bigint, bigint] {
  let h1 = 0n
  let h2 = 0n
  const blockEnd = bytes.length - (bytes.length % 16)
  for (let at = 0; at < blockEnd; at += 16) {
    h1 ^= mixFirst(word(bytes, at, at + 8))
    h1 = (rotate(h1, 27n) + h2) & mask64
    h1 = (h1 * 5n + 0x52dce729n) & mask64
    h2 ^= mixSecond(word(bytes, at + 8, at + 16))
    h2 = (rotate(h2, 31n) + h1) & mask64
    h2 = (h2 * 5n + 0x38495ab5n) & mask64
  }
  if (bytes.length > blockEnd + 8) h2 ^= mixSecond(word(bytes, blockEnd + 8, bytes.length))
  if (bytes.length > blockEnd) h1 ^= mixFirst(word(bytes, blockEnd, Math.min(blockEnd + 8, bytes.length)))
  h1 ^= BigInt(bytes.length)
  h2 ^= BigInt(bytes.length)
  h1 = (h1 + h2) & mask64
  h2 = (h2 + h1) & mask64
  h1 = finish64(h1)
  h2 = finish64(h2)
  h1 = (h1 + h2) & mask64
  h2 = (h2 + h1) & mask64
  return [h1, h2]
}

function byteAt(bytes: Uint8Array, at: number): number {
  return bytes[at] ?? 0
}

function mix32(value: number): number {
  const mixed = Math.imul(value, 0xcc9e2d51)
  return Math.imul((mixed << 15) | (mixed >>> 17), 0x1b873593)
}

function word(bytes: Uint8Array, from: number, to: number): bigint {
  let value = 0n
  for (let at = to - 1; at >= from; at -= 1) value = (value << 8n) | BigInt(byteAt(bytes, at))
  return value
}

function rotate(value: bigint, bits: bigint): bigint {
  return ((value << bits) | (value >> (64n - bits))) & mask64
}

function mixFirst(value: bigint): bigint {
  return (rotate((value * c1) & mask64, 31n) * c2) & mask64
}

function mixSecond(value: bigint): bigint {
  return (rotate((value * c2) & mask64, 33n) * c1) & mask64
}

function finish64(value: bigint): bigint {
  let hash = value ^ (value >> 33n)
  hash = (hash * 0xff51afd7ed558ccdn) & mask64
  hash ^= hash >> 33n
  hash = (hash * 0xc4ceb9fe1a85ec53n) & mask64
  return hash ^ (hash >> 33n)
}
