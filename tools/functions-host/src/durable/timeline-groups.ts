import type { Timeline, TimelineGroup, TimelineRow, TimelineSpan } from './timeline-row.ts'

/** More rows of one kind and name than these become one group. */
const mostAlike = 10

/** How a timeline is shown: rows, and groups in place of many alike. */
export type TimelineItem = TimelineRow | TimelineGroup

/** Whether an item stands for many rows. */
export function isGroup(item: TimelineItem): item is TimelineGroup {
  return 'count' in item
}

/** Puts rows that are many of one kind and name into groups, each where its first row was. */
export function groupRows({ rows }: Timeline): TimelineItem[] {
  const alike = Map.groupBy(rows, keyOf)
  return rows.flatMap((row): TimelineItem[] => {
    const group = alike.get(keyOf(row)) ?? []
    if (group.length <= mostAlike) return [row]
    return group[0] === row ? [asGroup(group)] : []
  })
}

/** The rows that a group stands for. */
export function rowsOfGroup({ rows }: Timeline, kind: string, name: string): TimelineRow[] {
  return rows.filter((row) => row.kind === kind && row.name === name)
}

/** From the beginning of the first attempt to the end of the last one, ms; undefined while it runs. */
export function durationMs({ spans }: TimelineRow): number | undefined {
  const toMs = spans.at(-1)?.toMs
  return toMs === undefined ? undefined : toMs - (spans[0]?.fromMs ?? toMs)
}

function keyOf({ kind, name }: TimelineRow): string {
  return `${kind} ${name}`
}

function asGroup(rows: readonly TimelineRow[]): TimelineGroup {
  const [first] = rows as [TimelineRow, ...TimelineRow[]]
  const last = (row: TimelineRow): TimelineSpan | undefined => row.spans.at(-1)
  const running = rows.filter((row) => last(row)?.state === 'running').length
  const ended = rows.flatMap((row) => durationMs(row) ?? []).toSorted((a, b) => a - b)
  const toMs = rows.reduce((latest, row) => Math.max(latest, last(row)?.toMs ?? 0), 0)
  const [minMs] = ended
  const medianMs = ended[Math.floor((ended.length - 1) / 2)]
  const maxMs = ended.at(-1)
  return {
    kind: first.kind,
    name: first.name,
    count: rows.length,
    failed: rows.filter((row) => last(row)?.state === 'failed').length,
    running,
    retried: rows.filter((row) => row.kind !== 'lock' && row.spans.length > 1).length,
    fromMs: first.spans[0]?.fromMs ?? 0,
    ...(running === 0 && { toMs }),
    ...(minMs !== undefined && { minMs }),
    ...(medianMs !== undefined && { medianMs }),
    ...(maxMs !== undefined && { maxMs }),
  }
}
