/** A JSON object as it came over the wire. */
export type JsonObject = Record<string, unknown>

/** Whether a value is a JSON object: not null, not an array. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The own property of an object, or undefined: what prototypes carry is never data. */
export function ownProperty(object: object, key: string): unknown {
  return Object.hasOwn(object, key) ? (object as JsonObject)[key] : undefined
}

/** What stands at a path of names in a document; undefined where it ends before, also in an array. */
export function valueAt(document: unknown, names: readonly string[]): unknown {
  let value = document
  for (const name of names) value = isJsonObject(value) ? ownProperty(value, name) : undefined
  return value
}

/** Sets an own property, also one called `__proto__`. */
export function setProperty(object: object, key: string, value: unknown): void {
  if (key === '__proto__')
    Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true })
  else (object as JsonObject)[key] = value
}
