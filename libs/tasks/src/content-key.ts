import type { TaskInput } from '@zoetrope/contracts'
import { sha256Hex } from '@zoetrope/contracts'

/**
 * Names what an operation makes of its inputs: sha256 over the inputs in order, the operation, its version, and its
 * normalised parameters. Field order and absent fields of the parameters do not count; order of lists does.
 */
export function contentKeyOf(
  inputs: readonly TaskInput[],
  operation: { readonly name: string; readonly version: string },
  parameters: Readonly<Record<string, unknown>>,
): string {
  const named = inputs.map((input) => [input.name, fingerprintOf(input)])
  return sha256Hex(canonicalJson([named, operation.name, operation.version, parameters]))
}

/** sha256 of the bytes where a probe has read them, else what the store says of the version. */
function fingerprintOf(input: TaskInput): string {
  if (input.fingerprint !== undefined) return input.fingerprint
  return canonicalJson([input.container, input.blob, input.etag ?? '', input.sizeBytes])
}

/** JSON with sorted field names and without absent fields. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    part !== null && typeof part === 'object' && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  )
}
