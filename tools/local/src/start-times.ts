import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** What the apps of a stack run from. */
export type AppKind = 'sources' | 'packages'

/** Keeps how long a start took until every app answered, ms, and says how long the last one from the other kind took; an empty text where there was none. */
export function compareStarts(dataDirectory: string, kind: AppKind, durationMs: number): string {
  const file = join(dataDirectory, 'start-times.json')
  const known = existsSync(file)
    ? (JSON.parse(readFileSync(file, 'utf8')) as Partial<Record<AppKind, number>>)
    : {}
  writeFileSync(file, `${JSON.stringify({ ...known, [kind]: Math.round(durationMs) })}\n`)
  const other = kind === 'sources' ? 'packages' : 'sources'
  const otherMs = known[other]
  if (otherMs === undefined) return ''
  const seconds = (ms: number): string => (ms / 1000).toFixed(1)
  return `The stack alone: ${seconds(durationMs)} s from ${kind}; the last time from ${other} ${seconds(otherMs)} s`
}
