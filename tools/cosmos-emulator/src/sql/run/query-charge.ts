import type { QueryPage } from './query-page.ts'

const feedCharge = 1
const scriptCharge = 2
const queryBaseCharge = 2.3
const bytesPerCharge = 4096
const rowsPerCharge = 20

/** What a page of a query is charged, in request units: by what it has read, and what it gives. */
export function queryCharge(page: QueryPage): number {
  return queryBaseCharge + readCharge(page) + page.rows.length / rowsPerCharge
}

/** What a page of all documents is charged. */
export function documentFeedCharge(page: QueryPage): number {
  return feedCharge + readCharge(page)
}

/** What a page is charged that a script asks for. */
export function scriptQueryCharge(page: QueryPage): number {
  return scriptCharge + readCharge(page)
}

function readCharge({ metrics }: QueryPage): number {
  return metrics.scannedBytes / bytesPerCharge
}
