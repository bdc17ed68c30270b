import { ServiceError, badRequest } from '../errors.ts'
import { ItemOperations } from '../items/item-operations.ts'
import type { ItemResult, ItemTarget } from '../items/item-operations.ts'
import type { PartitionKey } from '../partition/partition-key.ts'
import { readQueryBody } from '../sql/query-body.ts'
import { runQuery } from '../sql/run-query.ts'
import { scriptQueryCharge } from '../sql/run/query-charge.ts'
import type { AccountStore, OpenContainer } from '../storage/account-store.ts'
import type { CallResult, CollectionCall } from './messages.ts'

const defaultPage = 100
const largestPage = 1000
const keyMismatch = 1001

/** The container as one script sees it: a single logical partition. Its calls must run inside `file.write`. */
export class ScriptCollection {
  /** What the calls so far have cost. */
  charge = 0
  readonly #store: AccountStore
  readonly #container: OpenContainer
  readonly #items: ItemOperations
  readonly #key: PartitionKey

  constructor(store: AccountStore, container: OpenContainer, key: PartitionKey) {
    this.#store = store
    this.#container = container
    this.#items = new ItemOperations(store, container)
    this.#key = key
  }

  /** Answers a call; what the service refuses is a result too. @throws ServiceError when the script has been ended meanwhile */
  perform(call: CollectionCall): CallResult {
    try {
      return this.#store.file.write(() => this.#perform(call))
    } catch (error) {
      if (!(error instanceof ServiceError) || this.#store.sandbox.hasEnded) throw error
      const isOtherKey = error.status === 400 && error.substatus === keyMismatch
      return {
        error: {
          number: error.status,
          message: isOtherKey
            ? 'Requests originating from scripts cannot reference partition keys other than the one for which client request was submitted.'
            : error.message,
        },
      }
    }
  }

  #perform(call: CollectionCall): CallResult {
    switch (call.operation) {
      case 'create':
        return this.#told(this.#items.create(call.body, this.#key))
      case 'upsert':
        return this.#told(this.#items.upsert(call.body, this.#key, {}))
      case 'read':
        return this.#told(this.#items.read({ ...this.#target(call.document), ifNoneMatch: call.ifNoneMatch }))
      case 'replace':
        return this.#told(
          this.#items.replace({ ...this.#target(call.document), ifMatch: call.etag }, call.body),
        )
      case 'delete':
        return this.#told(this.#items.delete({ ...this.#target(call.document), ifMatch: call.etag }))
      case 'readFeed':
        return this.#page('SELECT * FROM c', call)
      case 'query':
        return this.#page(call.query, call)
      default:
        throw badRequest('The script asks for an operation that is not known.')
    }
  }

  /** `document` is an id, or a `_rid` as in `_self`. */
  #target(document: string): ItemTarget {
    return { key: this.#key, id: document }
  }

  #told({ status, item, charge }: ItemResult): CallResult {
    this.charge += charge
    if (status === 304) return { isNotModified: true }
    return item ? { body: item.body } : {}
  }

  #page(
    query: unknown,
    { continuation, pageSize }: { continuation?: string; pageSize?: number },
  ): CallResult {
    const page = runQuery(this.#store, this.#container, {
      ...readQueryBody(query),
      confines: { pk: this.#key.text },
      continuation,
      pageSize: pageSizeOf(pageSize),
    })
    this.charge += scriptQueryCharge(page)
    return {
      body: `[${page.rows.join(',')}]`,
      ...(page.continuation === undefined ? {} : { continuation: page.continuation }),
    }
  }
}

function pageSizeOf(wish: number | undefined): number {
  if (wish === undefined || wish === -1) return defaultPage
  if (!Number.isInteger(wish) || wish <= 0) throw badRequest(`The page size ${wish} is invalid.`)
  return Math.min(wish, largestPage)
}
