import type { TypedData } from './protocol.ts'

/** A typed value as a JavaScript value, as the real host reads it: text stays text, bytes become base64. */
export function fromTypedData(data: TypedData | null | undefined): unknown {
  if (!data) return null
  if (data.json !== undefined) return JSON.parse(data.json) as unknown
  if (data.bytes) return Buffer.from(data.bytes).toString('base64')
  return data.string ?? data.int ?? data.double ?? null
}
