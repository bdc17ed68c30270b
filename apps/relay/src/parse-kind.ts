import type { InvocationContext } from '@azure/functions'
import { z } from 'zod'

/**
 * The documents of one kind among the changes. One of another shape is told as an error and passed over: it stays in its own
 * container, and must not hold up the feed for ever.
 */
export function parseKind<S extends z.ZodType>(
  schema: S,
  kind: string,
  changes: { readonly documents: readonly Record<string, unknown>[]; readonly context: InvocationContext },
): z.output<S>[] {
  return changes.documents
    .filter((document) => document['kind'] === kind)
    .flatMap((document) => {
      const parsed = schema.safeParse(document)
      if (parsed.success) return [parsed.data]
      changes.context.error(
        `The ${kind} ${String(document['id'])} has another shape and is passed over: ${z.prettifyError(parsed.error)}`,
      )
      return []
    })
}
