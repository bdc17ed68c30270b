/** A request as it stands on the wire, of which one reads what it does. */
export interface DataRequest {
  readonly method: string
  /** Path and query. */
  readonly url: string
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
}

/** What a request does, and to what. */
export interface DataOperation {
  /** `blob:uploads`, `queue:job-starts`, `table:history`, `container:library` (of a Cosmos database), `database:zoetrope`, `account`. */
  readonly resource: string
  /** Named as in the REST reference, without spaces: `PutBlockList`, `GetMessages`; for Cosmos DB `UpsertItem`, `QueryItems` and the like. */
  readonly operation: string
}

/** Thrown for a request that no rule knows. Its message names the request without ids and names of blobs. */
export class UnknownOperationError extends Error {
  override readonly name = 'UnknownOperationError'
}
