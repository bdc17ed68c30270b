import { conflict } from '../errors.ts'
import type { JsonObject } from '../json.ts'
import type { DataFile } from './data-file.ts'
import { newResourceRid } from './resource-ids.ts'
import type { ResourceKind } from './resource-ids.ts'

/** A small resource of a database, a container or a user: what it holds, without its system properties. */
export interface SmallResource {
  kind: ResourceKind
  parentRid: string
  id: string
  rid: string
  revision: number
  ts: number
  content: JsonObject
  /** In the order of their making, within one list. */
  number: number
}

/** Where a small resource is. */
export type ResourcePlace = Pick<SmallResource, 'kind' | 'parentRid'>

const schema = `
  CREATE TABLE IF NOT EXISTS resources (
    rid TEXT PRIMARY KEY, kind TEXT NOT NULL, parentRid TEXT NOT NULL, id TEXT NOT NULL, revision INTEGER NOT NULL, ts INTEGER NOT NULL,
    content TEXT NOT NULL, UNIQUE (parentRid, kind, id));
`

/** Users, permissions, scripts and encryption keys of one account. Writes must run inside `file.write`. */
export class ResourceTable {
  readonly #file: DataFile

  constructor(file: DataFile) {
    this.#file = file
    file.execute(schema)
  }

  /** All of a kind under a parent, in the order in which they were made. */
  list({ kind, parentRid }: ResourcePlace): SmallResource[] {
    return this.#rows('parentRid = ? AND kind = ? ORDER BY rowid', parentRid, kind)
  }

  /** By id, or by `_rid` as in `_self` links. */
  find({ kind, parentRid }: ResourcePlace, idOrRid: string): SmallResource | undefined {
    return (
      this.#rows('parentRid = ? AND kind = ? AND id = ?', parentRid, kind, idOrRid)[0] ??
      this.#rows('parentRid = ? AND kind = ? AND rid = ?', parentRid, kind, idOrRid)[0]
    )
  }

  /** @throws ServiceError 409 when the id is taken */
  create(place: ResourcePlace, id: string, content: JsonObject, ts: number): SmallResource {
    this.#checkFree(place, id)
    const rid = newResourceRid(place.parentRid, place.kind)
    const resource = { ...place, id, rid, revision: 1, ts, content }
    const { lastInsertRowid } = this.#file
      .prepare(
        'INSERT INTO resources (rid, kind, parentRid, id, revision, ts, content) VALUES (?, ?, ?, ?, 1, ?, ?)',
      )
      .run(rid, place.kind, place.parentRid, id, ts, JSON.stringify(content))
    return { ...resource, number: Number(lastInsertRowid) }
  }

  /** Gives a resource another content, and another id where `id` differs. @throws ServiceError 409 when the new id is taken */
  replace(current: SmallResource, id: string, content: JsonObject, ts: number): SmallResource {
    if (id !== current.id) this.#checkFree(current, id)
    const resource = { ...current, id, content, ts, revision: current.revision + 1 }
    this.#file
      .prepare('UPDATE resources SET id = ?, content = ?, revision = ?, ts = ? WHERE rid = ?')
      .run(id, JSON.stringify(content), resource.revision, ts, current.rid)
    return resource
  }

  /** Removes a resource with all that is under it. */
  delete({ rid }: Pick<SmallResource, 'rid'>): void {
    this.deleteUnder(rid)
    this.#file.prepare('DELETE FROM resources WHERE rid = ?').run(rid)
  }

  /** Removes all that is under a database, a container or a user. */
  deleteUnder(parentRid: string): void {
    this.#file
      .prepare(
        'DELETE FROM resources WHERE parentRid IN (SELECT rid FROM resources WHERE parentRid = ?) OR parentRid = ?',
      )
      .run(parentRid, parentRid)
  }

  #checkFree(place: ResourcePlace, id: string): void {
    if (this.#rows('parentRid = ? AND kind = ? AND id = ?', place.parentRid, place.kind, id).length > 0)
      throw conflict()
  }

  #rows(where: string, ...values: string[]): SmallResource[] {
    const rows = this.#file.prepare(`SELECT rowid AS number, * FROM resources WHERE ${where}`).all(...values)
    return (rows as unknown as (Omit<SmallResource, 'content'> & { content: string })[]).map((row) => ({
      ...row,
      content: JSON.parse(row.content) as JsonObject,
    }))
  }
}
