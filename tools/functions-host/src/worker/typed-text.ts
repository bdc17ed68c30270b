import type { Invocation, TypedData } from './protocol.ts'

const number = /^\s*-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?\s*$/

/** Text as function code gets it from the library: its value where it is JSON, else the text. */
export function readText(text: string | undefined): unknown {
  if (text === undefined) return undefined
  // Ids begin with digits: a failed parse costs far more than a look.
  if (!/^\s*[[{"tfn]/.test(text) && !number.test(text)) return text
  try {
    return JSON.parse(text) as unknown
  } catch {
    return text
  }
}

/** Metadata of a trigger, all of it text, as the library gives it to function code. */
export function readTriggerMetadata(metadata: Invocation['triggerMetadata']): Record<string, unknown> {
  const read: Record<string, unknown> = {}
  for (const key in metadata) read[toCamelCase(key)] = withCamelCase(readText(metadata[key]?.string))
  return read
}

function withCamelCase(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(withCamelCase)
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [toCamelCase(key), withCamelCase(member)]),
  )
}

function toCamelCase(key: string): string {
  return key.charAt(0).toLowerCase() + key.slice(1)
}

/** What a function returned, as the library sends it. */
export function toTypedData(value: unknown): TypedData | null | undefined {
  if (value === null || value === undefined) return value
  if (typeof value === 'string') return { string: value }
  if (typeof value === 'number') return Number.isInteger(value) ? { int: value } : { double: value }
  if (Buffer.isBuffer(value)) return { bytes: value }
  if (ArrayBuffer.isView(value))
    return { bytes: new Uint8Array(value.buffer, value.byteOffset, value.byteLength) }
  if (value instanceof ArrayBuffer) return { bytes: new Uint8Array(value) }
  return { json: JSON.stringify(value) }
}
