import type { SQLInputValue } from 'node:sqlite'
import type { EntityRow, InstanceRow, Store } from './store.ts'

/** Which instances a list or a purge is about. */
export interface InstanceFilter {
  idPrefix?: string
  createdFromMs?: number
  createdToMs?: number
  statuses?: string[]
  top: number
  /** The last id of the page before. */
  after?: string
}

function where(filter: Omit<InstanceFilter, 'top'>): { sql: string; values: SQLInputValue[] } {
  const terms: string[] = []
  const values: SQLInputValue[] = []
  const add = (term: string, ...given: SQLInputValue[]): void => {
    terms.push(term)
    values.push(...given)
  }
  if (filter.after !== undefined) add('instance_id > ?', filter.after)
  if (filter.idPrefix !== undefined)
    add('substr(instance_id, 1, ?) = ?', Array.from(filter.idPrefix).length, filter.idPrefix)
  if (filter.createdFromMs !== undefined) add('created_ms >= ?', filter.createdFromMs)
  if (filter.createdToMs !== undefined) add('created_ms <= ?', filter.createdToMs)
  if (filter.statuses !== undefined)
    add(`status IN (${filter.statuses.map(() => '?').join(', ')})`, ...filter.statuses)
  return { sql: terms.length === 0 ? '' : `WHERE ${terms.join(' AND ')}`, values }
}

/** A page of instances by id, and where the next one begins. */
export function listInstances(
  store: Store,
  filter: InstanceFilter,
): { rows: InstanceRow[]; next: string | undefined } {
  const { sql, values } = where(filter)
  const rows = store.all<InstanceRow>(
    `SELECT * FROM instances ${sql} ORDER BY instance_id LIMIT ?`,
    ...values,
    filter.top + 1,
  )
  if (rows.length <= filter.top) return { rows, next: undefined }
  const page = rows.slice(0, filter.top)
  return { rows: page, next: page.at(-1)?.instance_id ?? filter.after ?? '' }
}

/** The ids of all that match. */
export function findInstanceIds(store: Store, filter: Omit<InstanceFilter, 'top'>): string[] {
  const { sql, values } = where(filter)
  return store
    .all<{ instance_id: string }>(`SELECT instance_id FROM instances ${sql}`, ...values)
    .map((row) => row.instance_id)
}

/** A page of entities by id. As in Azure, a full page is followed by another one, which may be empty. */
export function listEntities(
  store: Store,
  filter: { name?: string; fromMs?: number; toMs?: number; top: number; after?: string },
): { rows: EntityRow[]; next: string | undefined } {
  const rows = store.all<EntityRow>(
    'SELECT * FROM entities WHERE is_there = 1 AND (? IS NULL OR name = ?) AND updated_ms BETWEEN ? AND ? AND instance_id > ? ORDER BY instance_id LIMIT ?',
    filter.name ?? null,
    filter.name ?? null,
    filter.fromMs ?? 0,
    filter.toMs ?? Number.MAX_SAFE_INTEGER,
    filter.after ?? '',
    filter.top,
  )
  return {
    rows,
    next: rows.length < filter.top ? undefined : (rows.at(-1)?.instance_id ?? filter.after ?? ''),
  }
}
