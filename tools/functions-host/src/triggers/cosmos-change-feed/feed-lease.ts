import type { Container } from '@azure/cosmos'

interface LeaseDocument {
  readonly id: string
  readonly _etag?: string
  ContinuationToken: string | null
  Owner: string | null
  timestamp: string
}

/** Where one function stands in one range of a feed: a document in the lease container, guarded by its etag. */
export class FeedLease {
  readonly #container: Container
  #document: LeaseDocument

  private constructor(container: Container, document: LeaseDocument) {
    this.#container = container
    this.#document = document
  }

  /** Opens the lease of this id, made when it is not there. */
  static async open(container: Container, id: string): Promise<FeedLease> {
    const { resource } = await container.item(id, id).read<LeaseDocument>()
    if (resource) return new FeedLease(container, resource)
    const fresh: LeaseDocument = {
      id,
      ContinuationToken: null,
      Owner: null,
      timestamp: new Date().toISOString(),
    }
    try {
      const created = await container.items.create<LeaseDocument>(fresh)
      return new FeedLease(container, created.resource ?? fresh)
    } catch (error) {
      if ((error as { code?: number }).code !== 409) throw error
      return FeedLease.open(container, id)
    }
  }

  /** Where to go on; undefined at the first time. */
  get continuation(): string | undefined {
    return this.#document.ContinuationToken ?? undefined
  }

  /** Remembers how far the feed was handled. */
  async checkpoint(continuation: string): Promise<void> {
    const { _etag, ...document } = this.#document
    const next = { ...document, ContinuationToken: continuation, timestamp: new Date().toISOString() }
    const { resource } = await this.#container.item(next.id, next.id).replace<LeaseDocument>(
      {
        id: next.id,
        ContinuationToken: next.ContinuationToken,
        Owner: next.Owner,
        timestamp: next.timestamp,
      },
      _etag ? { accessCondition: { type: 'IfMatch', condition: _etag } } : {},
    )
    if (resource) this.#document = resource
  }
}
