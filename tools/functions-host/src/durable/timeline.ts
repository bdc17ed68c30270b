import { builtInHttp } from './action.ts'
import type { EventWait } from './event-wait.ts'
import { EventType, type HistoryEvent } from './history-event.ts'
import { failureOf } from './timeline-failure.ts'
import { RetryFinder, type RetryTimer } from './timeline-retries.ts'
import type { RowKind, SpanState, Timeline, TimelineRow, TimelineSpan } from './timeline-row.ts'

/** Longest text of a result, characters. */
const maxResultLength = 500

type OpenSpan = { -readonly [Field in keyof TimelineSpan]: TimelineSpan[Field] }

interface OpenRow extends Omit<TimelineRow, 'spans'>, RetryTimer {
  readonly spans: OpenSpan[]
}

/** The message of an EventSent. */
interface SentMessage {
  readonly op?: string
  readonly signal?: boolean
  readonly id?: string
  readonly lockset?: readonly unknown[]
}

/**
 * Draws the history of an instance's last execution: what it did and waited for, from when to when, with attempts of one call in
 * one row. `waits`: those for external events, which no history has; without them an event is a point in time.
 */
export function timelineOf(history: Iterable<HistoryEvent>, waits?: readonly EventWait[]): Timeline {
  const drawing = new Drawing(waits)
  for (const event of history) drawing.hear(event)
  return drawing.end()
}

class Drawing {
  readonly #rows: OpenRow[] = []
  readonly #waits: readonly EventWait[] | undefined
  /** Sequence number -> what was begun under it, with its span. */
  readonly #begun = new Map<number, { row: OpenRow; span: OpenSpan }>()
  /** Name of the event that answers -> the call of an entity. */
  readonly #asked = new Map<string, { row: OpenRow; span: OpenSpan }>()
  readonly #locks = new Map<string, OpenSpan>()
  readonly #retries = new RetryFinder<OpenRow>()
  readonly #raised = new Map<string, HistoryEvent[]>()
  #suspension: OpenSpan | undefined
  #episodeMs = 0
  #startedMs = Infinity
  #endedMs: number | undefined

  constructor(waits: readonly EventWait[] | undefined) {
    this.#waits = waits
  }

  hear(event: HistoryEvent): void {
    const atMs = Date.parse(event.Timestamp)
    this.#startedMs = Math.min(this.#startedMs, atMs)
    switch (event.EventType) {
      case EventType.orchestratorStarted:
        this.#episodeMs = atMs
        return this.#retries.beginEpisode(atMs)
      case EventType.taskScheduled:
        return this.#beginCall('activity', event, atMs)
      case EventType.subOrchestrationCreated:
        return this.#beginCall('subOrchestration', event, atMs)
      case EventType.timerCreated:
        return this.#beginTimer(event, atMs)
      case EventType.eventSent:
        return this.#send(event, atMs)
      case EventType.taskCompleted:
      case EventType.subOrchestrationCompleted:
        return this.#complete(event.TaskScheduledId, atMs, event.Result)
      case EventType.taskFailed:
      case EventType.subOrchestrationFailed:
        return this.#fail(event, atMs)
      case EventType.timerFired:
        this.#retries.timerFired(event.TimerId ?? -1)
        // Its time stamp is when the timer was made.
        return this.#complete(event.TimerId, Math.max(this.#episodeMs, atMs))
      case EventType.eventRaised:
        return this.#receive(event, atMs)
      case EventType.executionSuspended:
        this.#suspension ??= this.#add('suspension', event.Reason ?? '', atMs).span
        return
      case EventType.executionResumed:
        if (this.#suspension) end(this.#suspension, 'completed', atMs)
        this.#suspension = undefined
        return
      case EventType.executionCompleted:
        this.#endedMs = atMs
        return
      default:
    }
  }

  end(): Timeline {
    this.#retries.end()
    this.#drawEvents()
    const rows = this.#rows.filter((row) => row.isPartOfRetry !== true)
    if (this.#endedMs !== undefined)
      for (const { spans } of rows)
        for (const span of spans) if (span.state === 'running') end(span, 'left', this.#endedMs)
    const endedMs = this.#endedMs === undefined ? {} : { endedMs: this.#endedMs }
    return {
      startedMs: Number.isFinite(this.#startedMs) ? this.#startedMs : 0,
      ...endedMs,
      rows: rows.toSorted((a, b) => firstMs(a) - firstMs(b)),
    }
  }

  #add(
    kind: RowKind,
    name: string,
    fromMs: number,
    more: Partial<Pick<OpenRow, 'id' | 'instanceId' | 'plannedMs'>> = {},
  ): { row: OpenRow; span: OpenSpan } {
    const span: OpenSpan = { fromMs, state: 'running' }
    const row: OpenRow = { kind, name, id: -1, ...more, spans: [span] }
    this.#rows.push(row)
    return { row, span }
  }

  #beginCall(kind: 'activity' | 'subOrchestration', event: HistoryEvent, atMs: number): void {
    const name = event.Name === builtInHttp ? 'callHttp' : (event.Name ?? '')
    const again = this.#retries.isRetryOf(kind, name)
    const instanceId = event.InstanceId === undefined ? {} : { instanceId: event.InstanceId }
    if (again) {
      const span: OpenSpan = { fromMs: atMs, state: 'running', ...instanceId }
      again.spans.push(span)
      this.#begun.set(event.EventId, { row: again, span })
      return
    }
    this.#begun.set(event.EventId, this.#add(kind, name, atMs, { id: event.EventId, ...instanceId }))
  }

  #beginTimer(event: HistoryEvent, atMs: number): void {
    const plannedMs = Date.parse(event.FireAt ?? '')
    const planned = Number.isNaN(plannedMs) ? {} : { plannedMs }
    const begun = this.#add('timer', '', atMs, { id: event.EventId, ...planned })
    this.#begun.set(event.EventId, begun)
    this.#retries.timerMade(event.EventId, begun.row)
  }

  #send(event: HistoryEvent, atMs: number): void {
    const message = JSON.parse(event.Input ?? '{}') as SentMessage
    const { id = '' } = message
    const to = {
      id: event.EventId,
      ...(event.InstanceId === undefined ? {} : { instanceId: event.InstanceId }),
    }
    if (event.Name === 'release') {
      const held = this.#locks.get(id)
      if (held) end(held, 'completed', atMs)
    } else if (message.lockset) {
      const begun = this.#add('lock', 'lock', atMs, to)
      begun.span.label = 'waits'
      this.#asked.set(id, begun)
    } else if (message.signal)
      end(this.#add('entitySignal', message.op ?? '', atMs, to).span, 'completed', atMs)
    else this.#asked.set(id, this.#add('entityCall', message.op ?? '', atMs, to))
  }

  #receive(event: HistoryEvent, atMs: number): void {
    const name = event.Name ?? ''
    const asked = this.#asked.get(name)
    if (!asked) {
      const others = this.#raised.get(name)
      if (others) others.push(event)
      else this.#raised.set(name, [event])
      return
    }
    this.#asked.delete(name)
    if (asked.row.kind === 'lock') {
      end(asked.span, 'completed', atMs)
      const held: OpenSpan = { fromMs: atMs, state: 'running', label: 'holds' }
      asked.row.spans.push(held)
      this.#locks.set(name, held)
      return
    }
    const answer = JSON.parse(event.Input ?? '{}') as { result?: string | null; exceptionType?: string }
    if (answer.exceptionType === undefined) return end(asked.span, 'completed', atMs, answer.result)
    asked.span.failure = shorten(answer.result ?? answer.exceptionType)
    end(asked.span, 'failed', atMs)
  }

  #complete(id: number | undefined, atMs: number, result?: string | null): void {
    const begun = this.#begun.get(id ?? -1)
    if (begun) end(begun.span, 'completed', atMs, result)
  }

  #fail(event: HistoryEvent, atMs: number): void {
    const begun = this.#begun.get(event.TaskScheduledId ?? -1)
    if (!begun) return
    Object.assign(begun.span, failureOf(event))
    end(begun.span, 'failed', atMs)
    this.#retries.failed(begun.row)
  }

  /** Waits take the events of their name in turn; what nobody has taken stays a point in time. */
  #drawEvents(): void {
    for (const { name, fromMs, toMs } of this.#waits ?? []) {
      const { span } = this.#add('event', name, fromMs)
      if (toMs === undefined) continue
      end(span, 'completed', Math.max(fromMs, toMs), this.#raised.get(name)?.shift()?.Input)
    }
    for (const [name, events] of this.#raised)
      for (const event of events) {
        const atMs = Date.parse(event.Timestamp)
        end(this.#add('event', name, atMs).span, this.#waits ? 'left' : 'completed', atMs, event.Input)
      }
  }
}

function end(span: OpenSpan, state: SpanState, atMs: number, result?: string | null): void {
  span.state = state
  // Clocks of processes differ.
  span.toMs = Math.max(span.fromMs, atMs)
  if (result !== undefined && result !== null) span.result = shorten(result)
}

function shorten(text: string): string {
  return text.length > maxResultLength ? `${text.slice(0, maxResultLength)}…` : text
}

function firstMs({ spans }: OpenRow): number {
  return spans[0]?.fromMs ?? 0
}
