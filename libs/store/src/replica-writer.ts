import type { Container, ItemDefinition } from '@azure/cosmos'

/** Which version of the source a copy was made of: the source container (its `_rid`) and the change's number in it. */
export interface CopyOrigin {
  readonly containerRid: string
  readonly lsn: number
}

/** A document as the change feed delivers it. */
export interface ChangedDocument extends ItemDefinition {
  readonly id: string
  readonly _lsn: number
}

/** Writes copies of changed documents into the backup account. */
export interface ReplicaWriter {
  /** Copies one document unless the copy that is there is as new or newer: repeats and late deliveries are harmless. */
  copy(document: ChangedDocument): Promise<'copied' | 'kept'>
}

/**
 * Says whether a copy replaces the one that is there: only an older one of the same container is replaced;
 * a new container (restored or recreated, thus a new rid) always wins.
 */
export function replacesCopy(next: CopyOrigin, current: CopyOrigin | undefined): boolean {
  return !current || current.containerRid !== next.containerRid || current.lsn < next.lsn
}

/** The copy of a document: its own fields (`ttl` too), without Cosmos' `_` fields, and where it comes from. */
export function toCopy(document: ChangedDocument, origin: CopyOrigin): ItemDefinition {
  const own = Object.entries(document).filter(([name]) => !name.startsWith('_'))
  return { ...Object.fromEntries(own), replicaOf: origin }
}

/** A writer of copies into one container of the replica account. `partitionKeyPaths` as in the source container. */
export function cosmosReplicaWriter(
  container: Container,
  options: { readonly containerRid: string; readonly partitionKeyPaths: readonly string[] },
): ReplicaWriter {
  return {
    async copy(document) {
      const origin = { containerRid: options.containerRid, lsn: document._lsn }
      const copy = toCopy(document, origin)
      const partitionKey = options.partitionKeyPaths.map((path) => copy[path.slice(1)] as string)
      for (;;) {
        const { resource, etag } = await container.item(document.id, partitionKey).read<ItemDefinition>()
        if (!replacesCopy(origin, resource?.['replicaOf'] as CopyOrigin | undefined)) return 'kept'
        try {
          if (resource) {
            await container
              .item(document.id, partitionKey)
              .replace(copy, { accessCondition: { type: 'IfMatch', condition: etag } })
          } else {
            await container.items.create(copy)
          }
          return 'copied'
        } catch (error) {
          // Somebody else wrote this copy in between, or its ttl ran out: look again.
          const { code } = error as { code?: number }
          if (code !== 412 && code !== 409 && code !== 404) throw error
        }
      }
    },
  }
}
