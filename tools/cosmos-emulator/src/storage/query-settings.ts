/** How indexes are used, and for how long a query may run. */
export interface QuerySettings {
  /** `declared` makes those that a policy names, `adaptive` also those that queries often want, `off` none. */
  indexing: 'off' | 'declared' | 'adaptive'
  /** A query that passes over more documents than this, for want of an index, counts towards one. */
  manyCandidates: number
  /** After how many such queries the index is made. */
  wishesForIndex: number
  /** After this time a query answers with what it has found, and a continuation, where it can go on later. */
  longestPageMs: number
  /** After this time any other query is given up with 408. */
  longestRunMs: number
}

/** How queries run where nothing else is said. */
export const defaultQuerySettings: QuerySettings = {
  indexing: 'adaptive',
  manyCandidates: 2000,
  wishesForIndex: 3,
  longestPageMs: 5000,
  longestRunMs: 30_000,
}
