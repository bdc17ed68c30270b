/** One box of ISO 14496-12: size, type, contents. */
export function box(type: string, ...contents: readonly Buffer[]): Buffer {
  const size = contents.reduce((sum, { length }) => sum + length, 8)
  const head = Buffer.alloc(8)
  head.writeUInt32BE(size, 0)
  head.write(type, 4, 'latin1')
  return Buffer.concat([head, ...contents], size)
}

/** A box with version and flags. */
export function fullBox(
  type: string,
  { version = 0, flags = 0 }: { readonly version?: number; readonly flags?: number },
  ...contents: readonly Buffer[]
): Buffer {
  return box(type, u32(version * 0x1000000 + flags), ...contents)
}

/** Numbers as bytes, big-endian. */
export function u8(...values: readonly number[]): Buffer {
  return Buffer.from(values)
}

/** 16-bit numbers. */
export function u16(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 2)
  for (const [index, value] of values.entries()) bytes.writeUInt16BE(value, index * 2)
  return bytes
}

/** 32-bit numbers. */
export function u32(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4)
  for (const [index, value] of values.entries()) bytes.writeUInt32BE(value, index * 4)
  return bytes
}

/** A 64-bit number. */
export function u64(value: bigint): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64BE(value, 0)
  return bytes
}

/** Text as Latin-1 bytes. */
export function text(value: string): Buffer {
  return Buffer.from(value, 'latin1')
}
