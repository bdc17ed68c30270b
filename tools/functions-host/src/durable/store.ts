import type { DatabaseSync, StatementSync, SQLInputValue } from 'node:sqlite'
import type { ActivityKey, ActivityRow } from './activity-row.ts'
import { parseEntityId } from './entity-request.ts'
import { mergeWaits, type WaitChanges } from './event-wait.ts'
import type { HistoryEvent } from './history-event.ts'
import type { HubTime } from './hub-time.ts'
import type { Effects } from './journal.ts'

/** States in which an instance does nothing any more. */
export const endedStates: ReadonlySet<string> = new Set(['Completed', 'Failed', 'Terminated', 'Canceled'])

/** An orchestration as its row has it; texts are JSON unless said otherwise. */
export interface InstanceRow {
  instance_id: string
  execution_id: string
  name: string
  status: string
  input: string | null
  /** JSON, or plain text of a failure or reason. */
  output: string | null
  custom_status: string | null
  failure: string | null
  /** RetryTrace of a failed instance. */
  retries: string | null
  /** ParentInstance of a sub-orchestration. */
  parent: string | null
  /** How often the id was used before. */
  generation: number
  created_ms: number
  updated_ms: number
}

/** A message that waits for its instance's next episode. */
export interface InboxRow {
  instance_id: string
  is_late: number
  seq: number
  execution_id: string | null
  event: string
}

/** Longest input of an activity that waits in memory, characters. */
const maxWaitingCharacters = 1024
/** So many activities of one commit wait in memory. */
const maxWaitingActivities = 1000

/** An entity and its state. */
export interface EntityRow {
  instance_id: string
  name: string
  key: string
  state: string | null
  is_there: number
  created_ms: number
  updated_ms: number
  /** The execution that has locked it. */
  locked_by: string | null
}

/** The statements of the hub. All that write are to be called inside a change of the journal. */
export class Store {
  readonly time: HubTime
  readonly #database: DatabaseSync
  readonly #statements = new Map<string, StatementSync>()

  #lastSeq: number

  constructor(database: DatabaseSync, time: HubTime) {
    this.#database = database
    this.time = time
    const last = (table: string): number =>
      Number(database.prepare(`SELECT max(seq) AS last FROM ${table}`).get()?.['last'] ?? 0)
    this.#lastSeq = Math.max(last('inbox'), last('activities'))
  }

  /** A number that no message and no activity has had while this hub runs. */
  nextSeq(): number {
    return ++this.#lastSeq
  }

  #prepare(sql: string): StatementSync {
    let statement = this.#statements.get(sql)
    if (statement === undefined) {
      statement = this.#database.prepare(sql)
      this.#statements.set(sql, statement)
    }
    return statement
  }

  all<T>(sql: string, ...values: SQLInputValue[]): T[] {
    return this.#prepare(sql).all(...values) as T[]
  }

  get<T>(sql: string, ...values: SQLInputValue[]): T | undefined {
    return this.#prepare(sql).get(...values) as T | undefined
  }

  run(sql: string, ...values: SQLInputValue[]): number {
    return Number(this.#prepare(sql).run(...values).changes)
  }

  instance(id: string): InstanceRow | undefined {
    return this.get<InstanceRow>('SELECT * FROM instances WHERE instance_id = ?', id)
  }

  /** Whether an execution still runs. */
  isLive(id: string, executionId: string): boolean {
    const row = this.get<Pick<InstanceRow, 'execution_id' | 'status'>>(
      'SELECT execution_id, status FROM instances WHERE instance_id = ?',
      id,
    )
    return row?.execution_id === executionId && !endedStates.has(row.status)
  }

  /** Writes a new instance. */
  putInstance(row: InstanceRow): void {
    this.run(
      'INSERT INTO instances (instance_id, execution_id, name, status, input, output, custom_status, failure, retries, parent, generation, created_ms, updated_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
      row.instance_id,
      row.execution_id,
      row.name,
      row.status,
      row.input,
      row.output,
      row.custom_status,
      row.failure,
      row.retries,
      row.parent,
      row.generation,
      row.created_ms,
      row.updated_ms,
    )
  }

  updateInstance(row: InstanceRow): void {
    this.run(
      'UPDATE instances SET execution_id = ?, status = ?, input = ?, output = ?, custom_status = ?, failure = ?, retries = ?, parent = ?, updated_ms = ? WHERE instance_id = ?',
      row.execution_id,
      row.status,
      row.input,
      row.output,
      row.custom_status,
      row.failure,
      row.retries,
      row.parent,
      row.updated_ms,
      row.instance_id,
    )
  }

  /** Everything of an instance goes, what waits for it too. Children stay. */
  forget(id: string): number {
    this.run('DELETE FROM history WHERE instance_id = ?', id)
    this.run('DELETE FROM inbox WHERE instance_id = ?', id)
    this.run('DELETE FROM timers WHERE instance_id = ?', id)
    this.run('DELETE FROM activities WHERE instance_id = ?', id)
    return (
      this.run('DELETE FROM instances WHERE instance_id = ?', id) +
      this.run('DELETE FROM entities WHERE instance_id = ?', id)
    )
  }

  /** How many events the history of an instance has, and the last one. */
  historyEnd(id: string): { count: number; last: HistoryEvent | undefined } {
    const row = this.get<{ seq: number; events: string }>(
      'SELECT seq, events FROM history WHERE instance_id = ? ORDER BY seq DESC LIMIT 1',
      id,
    )
    const events = JSON.parse(`[${row?.events ?? ''}]`) as HistoryEvent[]
    return { count: (row?.seq ?? 0) + events.length, last: events.at(-1) }
  }

  /** The history of an instance: the texts of its events, with commas between them. */
  historyText(id: string): string {
    return this.all<{ events: string }>('SELECT events FROM history WHERE instance_id = ? ORDER BY seq', id)
      .map((row) => row.events)
      .join(',')
  }

  /** The same, event by event. */
  history(id: string): string[] {
    const events = JSON.parse(`[${this.historyText(id)}]`) as HistoryEvent[]
    return events.map((event) => JSON.stringify(event))
  }

  /** The waits for events of an instance's last execution. */
  waits(id: string): WaitChanges {
    const rows = this.all<{ waits: string }>(
      'SELECT waits FROM history WHERE instance_id = ? AND waits IS NOT NULL ORDER BY seq',
      id,
    )
    return mergeWaits(rows.map(({ waits }) => JSON.parse(waits) as WaitChanges))
  }

  /** Adds what an episode has added. `from`: how many events there were. */
  appendHistory(id: string, from: number, events: string, waits?: WaitChanges): void {
    this.run(
      'INSERT INTO history (instance_id, seq, events, waits) VALUES (?, ?, ?, ?)',
      id,
      from,
      events,
      waits === undefined ? null : JSON.stringify(waits),
    )
  }

  /** Puts another history in place of an instance's. */
  replaceHistory(id: string, events: readonly HistoryEvent[]): void {
    const waits = this.waits(id)
    this.run('DELETE FROM history WHERE instance_id = ?', id)
    this.appendHistory(id, 0, events.map((event) => JSON.stringify(event)).join(','), waits)
  }

  inbox(id: string): InboxRow[] {
    return this.all<InboxRow>('SELECT * FROM inbox WHERE instance_id = ? ORDER BY is_late, seq', id)
  }

  dropMessages(rows: readonly Pick<InboxRow, 'instance_id' | 'is_late' | 'seq'>[]): void {
    for (const { instance_id, is_late, seq } of rows)
      this.run(
        'DELETE FROM inbox WHERE instance_id = ? AND is_late = ? AND seq = ?',
        instance_id,
        is_late,
        seq,
      )
  }

  /** Puts a message into an instance's inbox. One for an execution is dropped when another one runs by then. */
  send(
    effects: Effects,
    to: { instanceId: string; executionId?: string; isFirst?: boolean },
    event: HistoryEvent | string,
  ): void {
    const text = typeof event === 'string' ? event : JSON.stringify(event)
    this.run(
      'INSERT INTO inbox (instance_id, is_late, seq, execution_id, event) VALUES (?, ?, ?, ?, ?)',
      to.instanceId,
      to.isFirst === true ? 0 : 1,
      this.nextSeq(),
      to.executionId ?? null,
      text,
    )
    effects.instances.add(to.instanceId)
  }

  addActivity(effects: Effects, asked: Omit<ActivityRow, 'seq'>): void {
    const row = { ...asked, seq: this.nextSeq() }
    this.run(
      'INSERT INTO activities (instance_id, seq, execution_id, task_id, name, input) VALUES (?, ?, ?, ?, ?, ?)',
      row.instance_id,
      row.seq,
      row.execution_id,
      row.task_id,
      row.name,
      row.input,
    )
    const waits =
      effects.activities.length < maxWaitingActivities && (row.input?.length ?? 0) <= maxWaitingCharacters
    effects.activities.push({ instanceId: row.instance_id, seq: row.seq, ...(waits && { row }) })
  }

  activity({ instanceId, seq, row }: ActivityKey): ActivityRow | undefined {
    const sql = 'SELECT * FROM activities WHERE instance_id = ? AND seq = ?'
    return row ?? this.get<ActivityRow>(sql, instanceId, seq)
  }

  /** The activities that have not ended, as they were asked for. */
  activityKeys(): ActivityKey[] {
    return this.all<ActivityRow>('SELECT instance_id, seq FROM activities ORDER BY seq').map(
      ({ instance_id, seq }) => ({ instanceId: instance_id, seq }),
    )
  }

  /** @returns whether it was there */
  dropActivity({ instanceId, seq }: ActivityKey): boolean {
    return this.run('DELETE FROM activities WHERE instance_id = ? AND seq = ?', instanceId, seq) > 0
  }

  addTimer(effects: Effects, of: { instanceId: string; executionId: string }, event: HistoryEvent): void {
    const fireMs = Date.parse(event.FireAt ?? '')
    const text = JSON.stringify(event)
    this.run(
      'INSERT INTO timers (instance_id, execution_id, fire_ms, event) VALUES (?, ?, ?, ?)',
      of.instanceId,
      of.executionId,
      fireMs,
      text,
    )
    effects.timerMs = Math.min(effects.timerMs, fireMs)
  }

  entity(id: string): EntityRow | undefined {
    return this.get<EntityRow>('SELECT * FROM entities WHERE instance_id = ?', id)
  }

  /** Locks an entity for an execution; one that is not there yet stays without a state. */
  lockEntity(id: string, executionId: string): void {
    const { name, key } = parseEntityId(id)
    const nowMs = this.time.nowMs()
    this.run(
      'INSERT INTO entities (instance_id, name, key, state, is_there, created_ms, updated_ms, locked_by) VALUES (?, ?, ?, NULL, 0, ?, ?, ?) ON CONFLICT (instance_id) DO UPDATE SET locked_by = excluded.locked_by',
      id,
      name,
      key,
      nowMs,
      nowMs,
      executionId,
    )
  }

  unlockEntity(id: string, executionId: string): void {
    this.run('UPDATE entities SET locked_by = NULL WHERE instance_id = ? AND locked_by = ?', id, executionId)
  }

  /** The ids of the entities that an execution has locked. */
  lockedEntities(executionId: string): string[] {
    return this.all<{ instance_id: string }>(
      'SELECT instance_id FROM entities WHERE locked_by = ?',
      executionId,
    ).map((row) => row.instance_id)
  }

  /** Writes an entity; its lock stays. */
  putEntity(row: Omit<EntityRow, 'locked_by'>): void {
    this.run(
      'INSERT INTO entities (instance_id, name, key, state, is_there, created_ms, updated_ms) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (instance_id) DO UPDATE SET state = excluded.state, is_there = excluded.is_there, updated_ms = excluded.updated_ms',
      row.instance_id,
      row.name,
      row.key,
      row.state,
      row.is_there,
      row.created_ms,
      row.updated_ms,
    )
  }
}
