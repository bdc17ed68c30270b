/** One logical partition, a range of them, or a range of their hashes; all where nothing is set. */
export interface PartitionScope {
  pk?: string
  pkBounds?: [string, string]
  epkBounds?: [string, string]
}

/** Which documents a scan passes over, in which order. Every condition narrows; none is required. */
export interface Scan extends PartitionScope {
  id?: string
  ids?: string[]
  idBounds?: { operator: '>' | '>=' | '<' | '<='; value: string }[]
  tsBounds?: { operator: '>' | '>=' | '<' | '<=' | '='; value: number }[]
  /** By id only within one logical partition, where an id is there once. */
  order: 'rid' | 'id' | 'idDescending'
  after?: { id: string; rid: number }
}

/** A page of the change feed asks for changes after `lsn`. */
export interface FeedQuery extends PartitionScope {
  afterLsn: number
  sinceTs?: number
  limit: number
}
