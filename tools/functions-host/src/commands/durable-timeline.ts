import type { TimelineGroup, TimelineRow, TimelineSpan } from '../durable/timeline-row.ts'
import { durationMs, isGroup, type TimelineItem } from '../durable/timeline-groups.ts'
import { colours } from '../logging/console-log.ts'
import { durationText, shorten, tableLines } from './durable-text.ts'

/** Width of the bars, characters; none where the terminal is narrower than `leastForBars`. */
const barWidth = 24
const leastForBars = 90
/** Longest text shown beside a row, characters. */
const maxNote = 200

const kindNames: Readonly<Record<TimelineRow['kind'], string>> = {
  activity: 'activity',
  subOrchestration: 'sub-orchestration',
  timer: 'timer',
  event: 'event',
  entityCall: 'entity call',
  entitySignal: 'entity signal',
  lock: 'lock',
  suspension: 'suspended',
}

type Stretch = Pick<TimelineSpan, 'fromMs' | 'toMs'>

/** The stretch of time that a timeline covers, ms since 1970. */
export interface TimelineRange {
  readonly fromMs: number
  readonly toMs: number
}

/** A timeline as lines of text: begin, what, how long, what went wrong; attempts indented below their call. */
export function timelineLines(items: readonly TimelineItem[], range: TimelineRange, width: number): string[] {
  const hasBars = width >= leastForBars
  const columns = [
    { title: 'AT' },
    { title: 'WHAT', isCut: true },
    { title: 'TOOK' },
    ...(hasBars ? [{ title: '' }] : []),
    { title: '', isCut: true, paint: paintNote },
  ]
  const line = (
    [what, took, note]: readonly [string, string, string],
    spans: readonly Stretch[],
  ): string[] => [
    `+${durationText(Math.max(0, (spans[0]?.fromMs ?? 0) - range.fromMs))}`,
    what,
    took,
    ...(hasBars ? [barOf(spans, range)] : []),
    note,
  ]
  const rows = items.flatMap((item) => {
    if (isGroup(item)) {
      const what = `${whatOf(item)} ×${item.count}`
      return [line([what, stretchText(item), groupNote(item)], [item])]
    }
    const head = line([whatOf(item), tookText(item), rowNote(item, range)], item.spans)
    if (item.spans.length < 2) return [head]
    const attempts = item.spans.map((span, index) =>
      line([`  ${span.label ?? `attempt ${index + 1}`}`, stretchText(span), noteOf(span)], [span]),
    )
    return [head, ...attempts]
  })
  return tableLines(columns, rows, width)
}

function stretchText({ fromMs, toMs }: Stretch): string {
  return toMs === undefined ? 'runs' : durationText(toMs - fromMs)
}

/** Kind and name of a row, with what it is about. */
export function whatOf(item: TimelineItem): string {
  const target = 'spans' in item && item.instanceId !== undefined ? ` (${item.instanceId})` : ''
  const name = item.kind === 'lock' || item.name === '' ? '' : ` ${item.name}`
  return `${kindNames[item.kind]}${name}${target}`
}

function tookText(row: TimelineRow): string {
  const took = durationMs(row)
  if (took === undefined) return row.kind === 'timer' || row.kind === 'event' ? 'waits' : 'runs'
  return row.kind === 'entitySignal' ? '' : durationText(took)
}

function rowNote(row: TimelineRow, { toMs }: TimelineRange): string {
  const last = row.spans.at(-1)
  if (row.kind === 'timer' && last?.state === 'running' && row.plannedMs !== undefined)
    return row.plannedMs > toMs ? `fires in ${durationText(row.plannedMs - toMs)}` : 'due'
  if (row.kind === 'event' && last?.state === 'left') return 'nobody has taken it'
  if (row.kind === 'timer' && last?.state === 'left') return 'never fired'
  if (row.spans.length < 2 || row.kind === 'lock') return last ? noteOf(last) : ''
  return `${row.spans.length} attempts${last?.state === 'failed' ? ', failed' : ''}`
}

function noteOf({ state, failure }: TimelineSpan): string {
  if (state === 'failed') return `failed: ${shorten(failure ?? '', maxNote)}`
  return state === 'left' ? 'had not ended' : ''
}

function groupNote({ failed, running, retried, minMs, medianMs, maxMs }: TimelineGroup): string {
  const counts = [
    failed > 0 ? `${failed} failed` : '',
    running > 0 ? `${running} running` : '',
    retried > 0 ? `${retried} retried` : '',
  ]
  const figures = [minMs, medianMs, maxMs].map((ms) => (ms === undefined ? '–' : durationText(ms)))
  const spread = medianMs === undefined ? '' : `min ${figures[0]}, median ${figures[1]}, max ${figures[2]}`
  return [...counts, spread].filter((part) => part !== '').join(', ')
}

function paintNote(text: string): string {
  return /\bfailed\b/.test(text) ? colours.red(text) : text
}

function barOf(
  spans: readonly Pick<TimelineSpan, 'fromMs' | 'toMs'>[],
  { fromMs, toMs }: TimelineRange,
): string {
  const scale = barWidth / Math.max(1, toMs - fromMs)
  const cells = Array.from({ length: barWidth }, () => ' ')
  for (const span of spans) {
    const begin = Math.min(barWidth - 1, Math.max(0, Math.floor((span.fromMs - fromMs) * scale)))
    const end = Math.min(barWidth, Math.max(begin + 1, Math.ceil(((span.toMs ?? toMs) - fromMs) * scale)))
    cells.fill('━', begin, end)
    if (span.toMs === undefined) cells[end - 1] = '╍'
  }
  return cells.join('')
}
