import type { IndexSpec } from '../../storage/indexing-policy.ts'
import type { PartitionScope } from '../../storage/scan.ts'
import type { IndexAdvice } from '../access-path/index-advice.ts'
import type { QueryBody } from '../query-body.ts'

/** A query over the documents of a container. */
export interface QueryRequest extends QueryBody {
  /** The part of the container to which the request is confined. */
  confines: PartitionScope
  continuation: string | undefined
  pageSize: number
  /** Whether to tell which indexes of the policy the query uses. */
  wantsAdvice?: boolean
  /** How many characters a continuation may have: 8 KB where absent. */
  longestContinuation?: number | undefined
}

/** A page of results, each as JSON text. */
export interface QueryPage {
  rows: string[]
  continuation: string | undefined
  metrics: QueryMetrics
  advice?: IndexAdvice
}

/** What a page has cost. */
export interface QueryMetrics {
  scannedCount: number
  scannedBytes: number
  /** Documents that passed WHERE. */
  matchedCount: number
  compileMs: number
  /** Looking for documents in the file. */
  loadMs: number
  /** The indexes that were read. */
  used: IndexSpec[]
  totalMs: number
}
