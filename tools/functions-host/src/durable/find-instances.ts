import type { SQLInputValue } from 'node:sqlite'

import type { HistoryEvent } from './history-event.ts'
import { endedStates, type Store } from './store.ts'

/** Which instances an operator looks for; an empty text is no limit. */
export interface InstanceSearch {
  readonly statuses?: readonly string[]
  /** Part of the orchestrator's name, whatever its case. */
  readonly name?: string
  readonly idPrefix?: string
  readonly createdFromMs?: number
  readonly createdToMs?: number
  readonly top: number
  /** Where the page before ended. */
  readonly after?: PageEnd
}

/** The last instance of a page. */
export interface PageEnd {
  readonly createdMs: number
  readonly instanceId: string
}

/** An instance in a list: its texts are cut off. */
export interface ListedInstance {
  readonly instanceId: string
  readonly name: string
  readonly status: string
  /** Ms since 1970. */
  readonly createdMs: number
  readonly updatedMs: number
  /** JSON text, or that of a failure or reason; shortened. */
  readonly output: string | null
  /** JSON text; shortened. */
  readonly customStatus: string | null
  readonly isChild: boolean
}

/** Longest text in a list, characters. */
const maxTextLength = 200

const columns = `instance_id AS instanceId, name, status, created_ms AS createdMs, updated_ms AS updatedMs,
  substr(output, 1, ${maxTextLength}) AS output, substr(custom_status, 1, ${maxTextLength}) AS customStatus, parent IS NOT NULL AS isChild`

/** A page of instances, the newest first; `next` is where another one begins. */
export function findInstances(
  store: Store,
  filter: InstanceSearch,
): { instances: ListedInstance[]; next: PageEnd | undefined } {
  const { sql, values } = where(filter)
  const found = store.all<Omit<ListedInstance, 'isChild'> & { isChild: number }>(
    `SELECT ${columns} FROM instances ${sql} ORDER BY created_ms DESC, instance_id DESC LIMIT ?`,
    ...values,
    filter.top + 1,
  )
  const instances = found.slice(0, filter.top).map((row) => ({
    ...row,
    isChild: row.isChild === 1,
    ...(endedStates.has(row.status) && {
      updatedMs: eventMs(store.historyEnd(row.instanceId).last) ?? row.updatedMs,
    }),
  }))
  return { instances, next: found.length > filter.top ? instances.at(-1) : undefined }
}

/** When an event was; the row of an instance tells whole seconds only. */
export function eventMs(event: HistoryEvent | undefined): number | undefined {
  return event && Date.parse(event.Timestamp)
}

/** How many instances there are in each state. */
export function countInstances(store: Store): Record<string, number> {
  const counts = store.all<{ status: string; count: number }>(
    'SELECT status, count(*) AS count FROM instances GROUP BY status',
  )
  return Object.fromEntries(counts.map(({ status, count }) => [status, count]))
}

function where(filter: InstanceSearch): { sql: string; values: SQLInputValue[] } {
  const { statuses, name, idPrefix, createdFromMs, createdToMs, after } = filter
  const terms: string[] = []
  const values: SQLInputValue[] = []
  const add = (term: string, ...given: SQLInputValue[]): void => {
    terms.push(term)
    values.push(...given)
  }
  if (statuses) add(`status IN (${statuses.map(() => '?').join(', ')})`, ...statuses)
  if (name) add('instr(lower(name), ?) > 0', name.toLowerCase())
  if (idPrefix) add('substr(instance_id, 1, ?) = ?', Array.from(idPrefix).length, idPrefix)
  if (createdFromMs !== undefined) add('created_ms >= ?', createdFromMs)
  if (createdToMs !== undefined) add('created_ms <= ?', createdToMs)
  if (after) add('(created_ms, instance_id) < (?, ?)', after.createdMs, after.instanceId)
  return { sql: terms.length === 0 ? '' : `WHERE ${terms.join(' AND ')}`, values }
}
