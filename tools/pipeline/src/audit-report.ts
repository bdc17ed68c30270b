import { z } from 'zod'

/** What `npm audit --json` prints; `message` where the registry did not answer. */
export const AuditReport = z.object({
  message: z.string().optional(),
  vulnerabilities: z
    .record(
      z.string(),
      z.object({
        name: z.string(),
        severity: z.string(),
        range: z.string(),
        fixAvailable: z.union([z.boolean(), z.object({ name: z.string(), version: z.string() })]),
      }),
    )
    .optional(),
})
/** What `npm audit --json` prints; `message` where the registry did not answer. */
export type AuditReport = z.infer<typeof AuditReport>

/** Grave enough to stop a release. */
const grave: ReadonlySet<string> = new Set(['high', 'critical'])

/** Known faults of what is installed, the grave ones apart. @throws Error where the registry did not answer: that is no clean bill of health */
export function readAudit(report: AuditReport): {
  readonly grave: readonly string[]
  readonly others: readonly string[]
} {
  if (!report.vulnerabilities) {
    throw new Error(`The registry gave no audit: ${report.message ?? 'it said nothing'}`)
  }
  const rows = Object.values(report.vulnerabilities).map(({ name, severity, range, fixAvailable }) => ({
    isGrave: grave.has(severity),
    text: `${name} ${range}: ${severity}, ${fixText(fixAvailable)}`,
  }))
  return {
    grave: rows.filter(({ isGrave }) => isGrave).map(({ text }) => text),
    others: rows.filter(({ isGrave }) => !isGrave).map(({ text }) => text),
  }
}

function fixText(fix: boolean | { readonly name: string; readonly version: string }): string {
  if (typeof fix === 'boolean') return fix ? 'mended by `npm audit fix`' : 'nothing mends it yet'
  return `mended by ${fix.name}@${fix.version}`
}
