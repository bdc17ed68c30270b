import { z } from 'zod'

/** A change of a property, as `az deployment sub what-if --no-pretty-print` tells it. */
interface PropertyChange {
  readonly path: string
  readonly propertyChangeType: string
  readonly children?: readonly PropertyChange[] | null | undefined
}
const PropertyChange: z.ZodType<PropertyChange> = z.object({
  path: z.string(),
  propertyChangeType: z.string(),
  children: z.lazy(() => z.array(PropertyChange)).nullish(),
})

/** What `az deployment sub what-if --no-pretty-print` prints. */
export const WhatIf = z.object({
  status: z.string().nullish(),
  error: z.object({ code: z.string().nullish(), message: z.string().nullish() }).nullish(),
  changes: z
    .array(
      z.object({ changeType: z.string(), resourceId: z.string(), delta: z.array(PropertyChange).nullish() }),
    )
    .nullish(),
})
/** What `az deployment sub what-if --no-pretty-print` prints. */
export type WhatIf = z.infer<typeof WhatIf>

/** In the order in which a reviewer wants to see them; others change nothing. */
const kinds = ['Delete', 'Create', 'Modify', 'Deploy', 'Unsupported'] as const
const mostRows = 200

/**
 * What a deployment would change, as Markdown: deletions first, changed properties by their path, never a value.
 *
 * @throws Error where Azure could not tell
 */
export function summarizeWhatIf(title: string, { status, error, changes }: WhatIf): string {
  if (error || (status && status !== 'Succeeded')) {
    throw new Error(
      `Azure could not say what would change: ${error?.code ?? status}: ${error?.message ?? ''}`,
    )
  }
  const rows = kinds.flatMap((kind) => (changes ?? []).filter(({ changeType }) => changeType === kind))
  const same = (changes ?? []).length - rows.length
  const head = `### What ${title} would change\n\n`
  if (rows.length === 0) return `${head}Nothing: ${same} resources stay as they are.\n`
  const counts = kinds
    .map((kind) => ({ kind, count: rows.filter(({ changeType }) => changeType === kind).length }))
    .filter(({ count }) => count > 0)
    .map(({ kind, count }) => `${count} ${kind.toLowerCase()}`)
  const table = rows
    .slice(0, mostRows)
    .map(({ changeType, resourceId, delta }) => {
      const paths = (delta ?? []).flatMap((change) => pathsOf(change))
      return `| ${changeType === 'Delete' ? '**Delete**' : changeType} | ${shortId(resourceId)} | ${paths.map((path) => `\`${path}\``).join(', ')} |`
    })
    .join('\n')
  const rest = rows.length > mostRows ? `\n\n${rows.length - mostRows} more are not shown.` : ''
  return `${head}${counts.join(', ')}; ${same} stay as they are.\n\n| change | resource | properties |\n| --- | --- | --- |\n${table}${rest}\n`
}

function pathsOf({ path, propertyChangeType, children }: PropertyChange, above = ''): readonly string[] {
  if (propertyChangeType === 'NoEffect') return []
  const full = above ? `${above}.${path}` : path
  return children?.length ? children.flatMap((child) => pathsOf(child, full)) : [full]
}

/** `Microsoft.Web/sites/func-api` of a long id. */
function shortId(resourceId: string): string {
  return resourceId.split('/providers/').at(-1) ?? resourceId
}
