import type { Engine } from './engine.ts'
import {
  countInstances,
  eventMs,
  findInstances,
  type ListedInstance,
  type PageEnd,
} from './find-instances.ts'
import type { HistoryEvent, ParentInstance } from './history-event.ts'
import { historyFileOf } from './history-file.ts'
import { readValue } from './status-view.ts'
import { endedStates, type InstanceRow } from './store.ts'
import { groupRows, rowsOfGroup, type TimelineItem } from './timeline-groups.ts'
import type { Timeline } from './timeline-row.ts'
import { timelineOf } from './timeline.ts'

/** A page of instances, the newest first. */
export interface InstancePage {
  /** Of the hub's clock, ms since 1970. */
  readonly nowMs: number
  readonly hubName: string
  readonly instances: readonly ListedInstance[]
  /** For `after` of the next page; absent at the end. */
  readonly next?: string
  /** State -> how many there are, where that was asked for. */
  readonly counts?: Readonly<Record<string, number>>
}

/** An instance as its operator sees it; times are ms since 1970. */
export interface InspectedInstance {
  readonly instanceId: string
  readonly executionId: string
  readonly name: string
  readonly status: string
  readonly input: unknown
  readonly output: unknown
  readonly customStatus: unknown
  readonly createdMs: number
  readonly updatedMs: number
  readonly parentId?: string
  readonly parentName?: string
  /** Of its history. */
  readonly eventCount: number
}

/** An instance with a page of its timeline. */
export interface InspectedTimeline {
  readonly nowMs: number
  readonly instance: InspectedInstance
  /** Names what the timeline was drawn from. */
  readonly known: string
  /** Absent where the asker has it: it is still what is `known`. */
  readonly timeline?: {
    readonly startedMs: number
    readonly endedMs?: number
    readonly items: readonly TimelineItem[]
    /** Of all pages. */
    readonly itemCount: number
  }
}

/** Largest page, and the usual one of a list. */
const maxPage = 1000
const usualPage = 50

/**
 * What an operator sees of a hub, under `/admin/host/durabletask/`; undefined where there is nothing. It changes nothing.
 *
 * `instances`: a page of them (`status` and others parted by commas, `name`, `idPrefix`, `createdFrom`, `createdTo`, `top`,
 * `after`, `counts=true`). `instances/ID`: one with its timeline, rows that are many alike in groups; `kind` and `name`: the rows
 * of one group; `all=true`: all rows; `skip`, `top`: a page; `known`: what the asker has. `instances/ID/history`: a history file.
 */
export function inspectHub(engine: Engine, path: string, query: URLSearchParams): unknown {
  if (/^instances$/i.test(path)) return pageOf(engine, query)
  const [, historyId] = /^instances\/(.+)\/history$/is.exec(path) ?? []
  const { appName } = engine.options
  if (historyId !== undefined)
    return historyFileOf(engine.store, historyId, { appName, settings: engine.settings })
  const [, id] = /^instances\/(.+)$/is.exec(path) ?? []
  const row = id === undefined ? undefined : engine.store.instance(id)
  return row && inspectInstance(engine, row, query)
}

function pageOf(engine: Engine, query: URLSearchParams): InstancePage {
  const statuses = (query.get('status') ?? '').split(',').filter((status) => status !== '')
  const after = readPageEnd(query.get('after'))
  const { instances, next } = findInstances(engine.store, {
    top: readTop(query, usualPage),
    ...(statuses.length > 0 && { statuses }),
    name: query.get('name') ?? '',
    idPrefix: query.get('idPrefix') ?? '',
    ...timeOf(query, 'createdFrom', 'createdFromMs'),
    ...timeOf(query, 'createdTo', 'createdToMs'),
    ...(after && { after }),
  })
  return {
    nowMs: engine.time.clock.now(),
    hubName: engine.options.hubName,
    instances,
    ...(next && { next: `${next.createdMs}:${next.instanceId}` }),
    ...(query.get('counts') === 'true' && { counts: countInstances(engine.store) }),
  }
}

function inspectInstance(engine: Engine, row: InstanceRow, query: URLSearchParams): InspectedTimeline {
  const { store } = engine
  const nowMs = engine.time.clock.now()
  const { count: eventCount, last } = store.historyEnd(row.instance_id)
  const instance = instanceOf(row, eventCount, last)
  // Rewinding puts other events in the place of those that failed, and changes the state.
  const known = `${row.execution_id}:${eventCount}:${row.status}`
  if (query.get('known') === known) return { nowMs, instance, known }
  const timeline = drawn(engine, row, known)
  const kind = query.get('kind')
  const whole = query.get('all') === 'true' ? timeline.rows : groupRows(timeline)
  const items = kind === null ? whole : rowsOfGroup(timeline, kind, query.get('name') ?? '')
  const skip = Math.max(0, Math.trunc(Number(query.get('skip') ?? 0)) || 0)
  const { startedMs, endedMs } = timeline
  return {
    nowMs,
    instance,
    known,
    timeline: {
      startedMs,
      ...(endedMs !== undefined && { endedMs }),
      items: items.slice(skip, skip + readTop(query, maxPage)),
      itemCount: items.length,
    },
  }
}

/** The last timeline of a hub: whoever looks at a long history looks at more than one page of it. */
const lastDrawn = new WeakMap<
  Engine,
  { readonly instanceId: string; readonly known: string; readonly timeline: Timeline }
>()

function drawn(engine: Engine, { instance_id: instanceId }: InstanceRow, known: string): Timeline {
  const last = lastDrawn.get(engine)
  if (last?.instanceId === instanceId && last.known === known) return last.timeline
  const events = JSON.parse(`[${engine.store.historyText(instanceId)}]`) as HistoryEvent[]
  const timeline = timelineOf(events, Object.values(engine.store.waits(instanceId)))
  lastDrawn.set(engine, { instanceId, known, timeline })
  return timeline
}

function instanceOf(row: InstanceRow, eventCount: number, last: HistoryEvent | undefined): InspectedInstance {
  const parent = row.parent === null ? undefined : (JSON.parse(row.parent) as ParentInstance)
  const endedMs = endedStates.has(row.status) ? eventMs(last) : undefined
  return {
    instanceId: row.instance_id,
    executionId: row.execution_id,
    name: row.name,
    status: row.status,
    input: readValue(row.input),
    output: readValue(row.output),
    customStatus: readValue(row.custom_status),
    createdMs: row.created_ms,
    updatedMs: endedMs ?? row.updated_ms,
    ...(parent && { parentId: parent.OrchestrationInstance.InstanceId, parentName: parent.Name }),
    eventCount,
  }
}

function readTop(query: URLSearchParams, usual: number): number {
  const top = Number(query.get('top') ?? usual)
  return Number.isInteger(top) && top > 0 ? Math.min(top, maxPage) : usual
}

/** A time out of a query, under the name that a filter has for it; a text that is none counts as absent. */
function timeOf<Name extends string>(
  query: URLSearchParams,
  field: string,
  name: Name,
): { [Key in Name]?: number } {
  const ms = Date.parse(query.get(field) ?? '')
  return Number.isNaN(ms) ? {} : ({ [name]: ms } as { [Key in Name]?: number })
}

function readPageEnd(text: string | null): PageEnd | undefined {
  const [whole, createdMs, instanceId] = /^(\d+):(.*)$/s.exec(text ?? '') ?? []
  return whole === undefined ? undefined : { createdMs: Number(createdMs), instanceId: instanceId ?? '' }
}
