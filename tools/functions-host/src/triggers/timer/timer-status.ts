import type { Schedule } from './parse-schedule.ts'

/** What is remembered of a timer; ms since 1970. */
export interface TimerStatus {
  /** Of the last run; `never` before the first. */
  readonly lastMs: number
  /** Infinity: the schedule has no more. */
  readonly nextMs: number
  /** From when `nextMs` was worked out. */
  readonly updatedMs: number
}

/** The status as Azure's host writes it: into its blob, and for the function. */
export interface TimerStatusText {
  readonly Last: string
  readonly Next: string
  readonly LastUpdated: string
}

/** The beginning of .NET's time, which stands for a time that is not known. */
export const neverMs = Date.parse('0001-01-01T00:00:00Z')
const endOfTime = '9999-12-31T23:59:59.9999999+00:00'

/** What a host that starts finds: whether a run was missed, and the status to go on with, new when it is to be written. */
export function assessTimer(
  stored: TimerStatus | undefined,
  schedule: Schedule,
  nowMs: number,
): { readonly status: TimerStatus; readonly isPastDue: boolean; readonly isNew: boolean } {
  if (!stored) {
    const status = { lastMs: neverMs, nextMs: schedule(nowMs), updatedMs: nowMs }
    return { status, isPastDue: false, isNew: true }
  }
  const baseMs = [stored.lastMs, stored.updatedMs].find((ms) => ms > neverMs) ?? nowMs
  const expectedMs = schedule(baseMs)
  if (stored.nextMs === expectedMs) return { status: stored, isPastDue: nowMs > stored.nextMs, isNew: false }
  // The schedule is another one now: what it would have wanted before was not missed.
  const status =
    nowMs > expectedMs
      ? { lastMs: neverMs, nextMs: schedule(nowMs), updatedMs: nowMs }
      : { lastMs: neverMs, nextMs: expectedMs, updatedMs: baseMs }
  return { status, isPastDue: false, isNew: true }
}

/** Times as .NET writes them on a machine in UTC: `2026-01-01T10:15:00.25+00:00`. */
export function formatTimerStatus({ lastMs, nextMs, updatedMs }: TimerStatus): TimerStatusText {
  return { Last: formatTime(lastMs), Next: formatTime(nextMs), LastUpdated: formatTime(updatedMs) }
}

/** @throws SyntaxError, RangeError for what no host wrote */
export function parseTimerStatus(text: string): TimerStatus {
  const { Last, Next, LastUpdated } = JSON.parse(text) as Partial<TimerStatusText>
  return { lastMs: parseTime(Last), nextMs: parseTime(Next), updatedMs: parseTime(LastUpdated) }
}

/** A time as .NET writes it. */
export function formatTime(ms: number): string {
  if (ms === Number.POSITIVE_INFINITY) return endOfTime
  return new Date(ms).toISOString().replace(/\.?0*Z$/, '+00:00')
}

function parseTime(text: string | undefined): number {
  if (text === undefined) return neverMs
  if (text.startsWith('9999-12-31')) return Number.POSITIVE_INFINITY
  const hasZone = /(?:Z|[+-]\d\d:\d\d)$/.test(text)
  const ms = Date.parse(hasZone ? text : `${text}Z`)
  if (Number.isNaN(ms)) throw new RangeError(`"${text}" is no time`)
  return ms
}
