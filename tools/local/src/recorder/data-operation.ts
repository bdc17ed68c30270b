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

/** The parts of a request's path, decoded, and its query. @throws UnknownOperationError for what is no path: servers answer even that */
export function readAddress(url: string): {
  readonly segments: readonly string[]
  readonly searchParams: URLSearchParams
} {
  const address = URL.parse(url, 'http://door')
  try {
    if (address)
      return {
        segments: address.pathname.split('/').map((part) => decodeURIComponent(part)),
        searchParams: address.searchParams,
      }
  } catch (error) {
    if (!(error instanceof URIError)) throw error
  }
  throw new UnknownOperationError('a request whose path cannot be read')
}
