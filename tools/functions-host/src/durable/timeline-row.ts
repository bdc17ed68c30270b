/** What a row of a timeline stands for. */
export type RowKind =
  | 'activity'
  | 'subOrchestration'
  | 'timer'
  | 'event'
  | 'entityCall'
  | 'entitySignal'
  | 'lock'
  | 'suspension'

/** `left`: the execution ended without it, or an event that nobody has taken. */
export type SpanState = 'running' | 'completed' | 'failed' | 'left'

/** A stretch of time in a row: one attempt of a call, one suspension. Times are ms since 1970. */
export interface TimelineSpan {
  readonly fromMs: number
  /** Absent while it runs. */
  readonly toMs?: number
  readonly state: SpanState
  /** What went wrong. */
  readonly failure?: string
  /** Where it went wrong in the function's code, as far as that is known. */
  readonly stack?: string
  /** JSON text of what came out of it, shortened. */
  readonly result?: string
  /** Of the sub-orchestration, where an attempt has another one than the row names. */
  readonly instanceId?: string
  /** What it is, where a row has spans of several sorts: `waits` and `holds` of a lock. */
  readonly label?: string
}

/** One thing that an orchestration did or waited for. */
export interface TimelineRow {
  readonly kind: RowKind
  /** Of the function or event, the entity's operation; the reason of a suspension. */
  readonly name: string
  /** Sequence number that the orchestration counts it under; -1 for what it does not count. */
  readonly id: number
  /** Of the sub-orchestration or entity. */
  readonly instanceId?: string
  /** When a timer is to fire. */
  readonly plannedMs?: number
  /** At least one; the attempts of a call with retries, in their order. */
  readonly spans: readonly TimelineSpan[]
}

/** Many rows of one kind and name, told by their figures. Durations are those of what has ended, ms. */
export interface TimelineGroup {
  readonly kind: RowKind
  readonly name: string
  readonly count: number
  readonly failed: number
  readonly running: number
  /** How many needed more than one attempt. */
  readonly retried: number
  readonly fromMs: number
  /** Absent while any of them runs. */
  readonly toMs?: number
  readonly minMs?: number
  readonly medianMs?: number
  readonly maxMs?: number
}

/** What one execution of an instance did, in the order in which it began. */
export interface Timeline {
  readonly startedMs: number
  /** Absent while it runs. */
  readonly endedMs?: number
  readonly rows: readonly TimelineRow[]
}
