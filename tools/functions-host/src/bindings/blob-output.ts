import { connectBlobs } from '../storage/connections.ts'
import { HostError } from '../errors.ts'
import type { TypedData } from '../worker/protocol.ts'
import { connectBlob, requiredPath, toBlobPlace } from './blob-path.ts'
import type { OutputBinding } from './binding-kind.ts'
import { createWhenMissing } from '../storage/create-when-missing.ts'

/** Writes a blob, over one that is there. Its container is made when it is missing. */
export const blobOutput: OutputBinding = {
  type: 'blob',
  prepare(properties, { settings }) {
    const connection = properties.connection('blob')
    const path = requiredPath(properties)
    return async (value, data) => {
      const place = toBlobPlace(path, data, properties.title)
      const blob = await connectBlob(settings, connection, place)
      const bytes = toBlobBytes(value)
      await createWhenMissing(
        () => blob.uploadData(bytes),
        async () => {
          const service = await connectBlobs(settings, connection)
          await service.getContainerClient(place.containerName).createIfNotExists()
        },
      )
      return undefined
    }
  },
}

/**
 * The content of a blob, as Azure writes it: text in UTF-8, objects and lists as JSON, a whole number as 4 bytes, another number as
 * 8 and a boolean as 1, little endian. @throws HostError for a whole number that 4 bytes cannot hold
 */
export function toBlobBytes({ string, bytes, json, int, double }: TypedData): Buffer {
  if (bytes) return Buffer.from(bytes)
  if (string !== undefined) return Buffer.from(string)
  if (json === 'true' || json === 'false') return Buffer.from([json === 'true' ? 1 : 0])
  if (json !== undefined) return Buffer.from(json)
  const buffer = Buffer.alloc(int === undefined ? 8 : 4)
  if (int === undefined) buffer.writeDoubleLE(double ?? 0)
  else if (int === Math.trunc(int) && Math.abs(int) < 2 ** 31) buffer.writeInt32LE(int)
  else
    throw new HostError(`The number ${int} does not fit the 4 bytes that a blob has for it. Give it as text.`)
  return buffer
}
