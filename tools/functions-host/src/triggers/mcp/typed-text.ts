import type { TypedData } from '../../worker/protocol.ts'

/** A returned value as text; undefined for none. */
export function toText(data: TypedData | null | undefined): string | undefined {
  if (!data) return undefined
  if (data.bytes) return Buffer.from(data.bytes).toString('utf8')
  return data.string ?? data.json ?? (data.int ?? data.double)?.toString()
}
