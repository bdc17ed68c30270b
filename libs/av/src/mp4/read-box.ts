/** A box inside a buffer: its type and where its contents are. */
export interface Box {
  readonly type: string
  /** Contents, header left out. */
  readonly body: Buffer
}

/** The boxes that stand side by side in a buffer. */
export function readBoxes(bytes: Buffer): Box[] {
  const boxes: Box[] = []
  let offset = 0
  while (offset + 8 <= bytes.length) {
    const size = bytes.readUInt32BE(offset)
    if (size < 8 || offset + size > bytes.length) break
    boxes.push({
      type: bytes.toString('latin1', offset + 4, offset + 8),
      body: bytes.subarray(offset + 8, offset + size),
    })
    offset += size
  }
  return boxes
}

/** The first box at a path of types, such as `trak mdia mdhd`; `skip` bytes of own fields stand before the children. */
export function findBox(bytes: Buffer, path: string): Buffer | undefined {
  let current: Buffer | undefined = bytes
  for (const type of path.split(' ')) {
    if (!current) return undefined
    current = readBoxes(current).find((box) => box.type === type)?.body
  }
  return current
}
