import type { RowCounts } from './rewrite-query.ts'

/** What a client has to do with the answers of several partitions. */
export interface QueryInfo extends RowCounts {
  distinctType: 'None' | 'Ordered' | 'Unordered'
  orderBy: ('Ascending' | 'Descending')[]
  orderByExpressions: string[]
  groupByExpressions: string[]
  groupByAliases: string[]
  /** The aggregate of SELECT VALUE. */
  aggregates: string[]
  /** The aggregates of a SELECT list, by property; null for a property that is none. */
  groupByAliasToAggregateType: Record<string, string | null>
  /** The query to ask each partition; empty where it is the query itself. */
  rewrittenQuery: string
  hasSelectValue: boolean
  hasNonStreamingOrderBy: boolean
  /** Present where the distinct rows of a subquery are only counted. */
  dCountInfo: { dCountAlias: string } | null
}
