import { HostError } from '../errors.ts'
import type { TypedData } from '../worker/protocol.ts'

/** An element of what a function gave to an output: text or bytes as they were given, else the value of JSON. */
export type OutputElement = string | Uint8Array | number | boolean | object | null

/** What was given, one by one: the elements of a list, also of a list that came as JSON text; else the one thing that it is. */
export function toElements(data: TypedData): OutputElement[] {
  if (data.bytes) return [data.bytes]
  if (data.string !== undefined) return listIn(data.string) ?? [data.string]
  if (data.json === undefined) return [data.int ?? data.double ?? null]
  const value = JSON.parse(data.json) as OutputElement
  return Array.isArray(value) ? (value as OutputElement[]) : [value]
}

/** What was given, as JSON objects; text is parsed. @throws HostError when it is something else */
export function toObjects(data: TypedData, title: string): Record<string, unknown>[] {
  return toElements(data).map((element) => {
    const value = toValue(element)
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return value as Record<string, unknown>
    throw new HostError(`The ${title} takes objects, or JSON text of an object, not ${describe(element)}.`)
  })
}

function listIn(text: string): OutputElement[] | undefined {
  if (!/^\s*\[[^]*\]\s*$/.test(text)) return undefined
  const value = parse(text)
  return Array.isArray(value) ? (value as OutputElement[]) : undefined
}

function toValue(element: OutputElement): unknown {
  if (element instanceof Uint8Array) return parse(Buffer.from(element).toString('utf8'))
  return typeof element === 'string' ? parse(element) : element
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function describe(element: OutputElement): string {
  if (element instanceof Uint8Array) return `${element.byteLength} bytes`
  return typeof element === 'string' ? 'other text' : JSON.stringify(element).slice(0, 80)
}
