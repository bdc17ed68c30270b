import type { FileHandle } from 'node:fs/promises'

/** What the top-level boxes of an ISO media file say about its completeness. */
export interface IsoLayout {
  readonly hasMovie: boolean
  readonly isFragmented: boolean
  /** Something that is not a box stands between boxes: what follows is not known. */
  readonly isBroken: boolean
  /** A box claims more bytes than the file has. */
  readonly isCut: boolean
}

const maxBoxes = 100_000

/** Walks the top-level boxes of an ISO media or QuickTime file: reads headers only. */
export async function readIsoLayout(file: FileHandle, sizeBytes: number): Promise<IsoLayout> {
  const header = Buffer.alloc(16)
  const seen = new Set<string>()
  let offset = 0
  let isBroken = false
  for (let count = 0; count < maxBoxes && offset + 8 <= sizeBytes; count += 1) {
    await file.read(header, 0, 16, offset)
    const type = header.toString('latin1', 4, 8)
    const short = header.readUInt32BE(0)
    const size = short === 1 ? Number(header.readBigUInt64BE(8)) : short === 0 ? sizeBytes - offset : short
    // What does not look like a box is what some recorders leave behind the last one.
    isBroken = !/^[\x20-\x7e\xa9]{4}$/.test(type) || size < 8
    if (isBroken) break
    seen.add(type)
    offset += size
  }
  return {
    hasMovie: seen.has('moov'),
    isFragmented: seen.has('moof'),
    isBroken,
    isCut: offset > sizeBytes,
  }
}
