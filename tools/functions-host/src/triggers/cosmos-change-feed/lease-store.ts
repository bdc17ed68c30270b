import type { Container, ErrorResponse } from '@azure/cosmos'

import type { Clock } from '../../time/clock.ts'
import type { FeedMode, HashRange, LeaseDocument } from './lease-document.ts'

/** The leases of one feed for one prefix, in the lease container. */
export class LeaseStore {
  readonly #container: Container
  readonly #prefix: string
  readonly #mode: FeedMode
  readonly #clock: Clock

  /** `prefix`: what the ids of these leases begin with, and of no others. */
  constructor(
    container: Container,
    { prefix, mode, clock }: { prefix: string; mode: FeedMode; clock: Clock },
  ) {
    this.#container = container
    this.#prefix = prefix
    this.#mode = mode
    this.#clock = clock
  }

  async list(): Promise<LeaseDocument[]> {
    const { resources } = await this.#container.items
      .query<LeaseDocument>({
        query: 'SELECT * FROM c WHERE STARTSWITH(c.id, @prefix) AND c.version = 1',
        parameters: [{ name: '@prefix', value: this.#prefix }],
      })
      .fetchAll()
    return resources
  }

  async read(id: string): Promise<LeaseDocument | undefined> {
    const { resource } = await this.#container.item(id, id).read<LeaseDocument>()
    return resource
  }

  /** Makes the lease of a range, held by nobody, unless it is there. */
  async create(range: HashRange, continuation: string | null): Promise<void> {
    const token = `${range.min}-${range.max}`
    const lease: LeaseDocument = {
      id: `${this.#prefix}${token}`,
      version: 1,
      LeaseToken: token,
      FeedRange: { min: range.min, max: range.max },
      Mode: this.#mode,
      Owner: null,
      ContinuationToken: continuation,
      timestamp: this.#timestamp(),
    }
    try {
      await this.#container.items.create(lease)
    } catch (error) {
      if (!hasStatus(error, 409)) throw error
    }
  }

  /** Changes a lease; undefined when somebody else changed or removed it since it was read. */
  async replace(
    lease: LeaseDocument,
    change: Partial<Pick<LeaseDocument, 'Owner' | 'ContinuationToken'>>,
  ): Promise<LeaseDocument | undefined> {
    const { _etag: condition = '*', ...document } = lease
    try {
      const { resource } = await this.#container
        .item(lease.id, lease.id)
        .replace<LeaseDocument>(
          { ...document, ...change, timestamp: this.#timestamp() },
          { accessCondition: { type: 'IfMatch', condition } },
        )
      return resource
    } catch (error) {
      if (hasStatus(error, 412) || hasStatus(error, 404)) return undefined
      throw error
    }
  }

  async remove(id: string): Promise<void> {
    try {
      await this.#container.item(id, id).delete()
    } catch (error) {
      if (!hasStatus(error, 404)) throw error
    }
  }

  #timestamp(): string {
    return new Date(this.#clock.now()).toISOString()
  }
}

/** Whether Cosmos DB answered with this status. */
export function hasStatus(error: unknown, status: number): boolean {
  return Number((error as ErrorResponse).code) === status
}
