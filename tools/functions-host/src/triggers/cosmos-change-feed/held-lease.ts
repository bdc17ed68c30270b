import type { LeaseDocument } from './lease-document.ts'
import type { LeaseStore } from './lease-store.ts'

/** Another instance has taken the lease, or somebody removed it. */
export class LeaseLostError extends Error {
  override readonly name = 'LeaseLostError'
}

/** A lease that this instance owns. Its changes go one after the other, each only while it is still ours. */
export class HeldLease {
  readonly #store: LeaseStore
  readonly #owner: string
  #document: LeaseDocument
  #last: Promise<unknown> = Promise.resolve()

  private constructor(store: LeaseStore, owner: string, document: LeaseDocument) {
    this.#store = store
    this.#owner = owner
    this.#document = document
  }

  /** Takes a lease as it was read; undefined when another instance was faster. */
  static async acquire(
    store: LeaseStore,
    lease: LeaseDocument,
    owner: string,
  ): Promise<HeldLease | undefined> {
    const document = await store.replace(lease, { Owner: owner })
    return document && new HeldLease(store, owner, document)
  }

  get document(): LeaseDocument {
    return this.#document
  }

  /** Shows that the owner lives. @throws LeaseLostError */
  renew(): Promise<void> {
    return this.#change({})
  }

  /** Remembers how far the range was handled. @throws LeaseLostError */
  checkpoint(continuation: string): Promise<void> {
    return this.#change({ ContinuationToken: continuation })
  }

  /** Gives it to whoever comes next. @throws LeaseLostError */
  release(): Promise<void> {
    return this.#change({ Owner: null })
  }

  #change(change: Partial<Pick<LeaseDocument, 'Owner' | 'ContinuationToken'>>): Promise<void> {
    const changed = this.#last.then(() => this.#write(change))
    this.#last = changed.catch(() => {})
    return changed
  }

  async #write(change: Partial<Pick<LeaseDocument, 'Owner' | 'ContinuationToken'>>): Promise<void> {
    for (;;) {
      const written = await this.#store.replace(this.#document, change)
      if (written) {
        this.#document = written
        return
      }
      // Whoever else changed it may have left it to us.
      const current = await this.#store.read(this.#document.id)
      if (current?.Owner !== this.#owner)
        throw new LeaseLostError(
          `The lease ${this.#document.id} is held by ${current?.Owner ?? 'nobody'} now.`,
        )
      this.#document = current
    }
  }
}
