/** The indexing policy of a Cosmos container, as Cosmos takes it. `id` and `_ts` are indexed always. */
export interface CosmosIndexingPolicy {
  readonly indexingMode: 'consistent'
  readonly automatic: true
  readonly includedPaths: readonly { readonly path: string }[]
  readonly excludedPaths: readonly { readonly path: string }[]
  readonly compositeIndexes: readonly (readonly { readonly path: string; readonly order: 'ascending' }[])[]
}

/** Nobody filters by it, and it changes with every write. */
const etagPath = { path: '/"_etag"/?' }

/** Indexes every path but the big ones that no query names; composites by the names of their fields, in order. */
export function indexAll(options: {
  readonly except: readonly string[]
  readonly composites: readonly (readonly string[])[]
}): CosmosIndexingPolicy {
  return {
    indexingMode: 'consistent',
    automatic: true,
    includedPaths: [{ path: '/*' }],
    excludedPaths: [...options.except.map((path) => ({ path })), etagPath],
    compositeIndexes: options.composites.map((fields) =>
      fields.map((field) => ({ path: `/${field}`, order: 'ascending' })),
    ),
  }
}

/** Indexes these fields alone: for containers that are written much and queried in few ways. */
export function indexOnly(fields: readonly string[]): CosmosIndexingPolicy {
  return {
    indexingMode: 'consistent',
    automatic: true,
    includedPaths: fields.map((field) => ({ path: `/${field}/?` })),
    excludedPaths: [{ path: '/*' }, etagPath],
    compositeIndexes: [],
  }
}

/** Indexes nothing: for containers that are read by id alone. (Mode `none` would forbid TTL.) */
export const indexNothing: CosmosIndexingPolicy = indexOnly([])
