import { randomUUID } from 'node:crypto'

const startOfImage = 0xffd8
const comment = 0xfffe

/**
 * The same photo in other bytes: a JPEG comment with a random id after the start of the image.
 *
 * Results are computed once per content, so the same bytes would be answered from what an earlier test left.
 *
 * @throws Error for what is no JPEG
 */
export function makeUnique(photo: Uint8Array): Uint8Array {
  const view = new DataView(photo.buffer, photo.byteOffset, photo.byteLength)
  if (photo.byteLength < 4 || view.getUint16(0) !== startOfImage) throw new Error('The photo is no JPEG.')
  const text = Buffer.from(randomUUID())
  const segment = Buffer.alloc(4 + text.length)
  segment.writeUInt16BE(comment, 0)
  // The length counts itself.
  segment.writeUInt16BE(2 + text.length, 2)
  text.copy(segment, 4)
  return Buffer.concat([photo.subarray(0, 2), segment, photo.subarray(2)])
}
