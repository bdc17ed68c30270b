import type { Faults } from './faults/faults.ts'
import type { AccountSettings } from './http/call.ts'
import { Sandbox } from './scripts/sandbox.ts'
import { AccountStore } from './storage/account-store.ts'
import { checkCopy, prepareReplacement } from './storage/data-file-copy.ts'
import type { QuerySettings } from './storage/query-settings.ts'

/** How an account is served. */
export interface ServedAccountOptions {
  name: string
  key: string
  /** Its data file; in memory where absent. */
  path: string | undefined
  faults: Faults
  /** Host names that are let in, beside those that cannot be a stranger's. */
  allowedHosts: ReadonlySet<string>
  settings: AccountSettings
  /** How many physical partitions a new container has; its throughput decides where absent. */
  partitionCount: number | undefined
  /** Requests over the throughput of what they ask are refused. */
  enforceThroughput: boolean
  clock: () => number
  /** Whether the clock is a test's own: what falls due is then removed before a request is served, never by a timer. */
  isClockOwned: boolean
  /** For how long a script may run, ms; 5 s, as in Azure, where absent. */
  scriptBudgetMs?: number | undefined
  /** How queries are run; the defaults where absent. */
  queries: Partial<QuerySettings> | undefined
}

/** An account that is served: its store, which a snapshot can take the place of. */
export class ServedAccount {
  readonly name: string
  readonly key: string
  readonly path: string | undefined
  readonly faults: Faults
  readonly allowedHosts: ReadonlySet<string>
  readonly settings: AccountSettings
  readonly #partitionCount: number | undefined
  readonly #enforceThroughput: boolean
  readonly #clock: () => number
  readonly #isClockOwned: boolean
  readonly #sandbox: Sandbox
  readonly #queries: Partial<QuerySettings> | undefined
  readonly #running = new Set<Promise<unknown>>()
  #store: AccountStore
  #sweptAtSeconds: number
  #isReplaced: Promise<void> | undefined

  constructor(options: ServedAccountOptions) {
    this.name = options.name
    this.key = options.key
    this.path = options.path
    this.faults = options.faults
    this.allowedHosts = options.allowedHosts
    this.settings = options.settings
    this.#partitionCount = options.partitionCount
    this.#enforceThroughput = options.enforceThroughput
    this.#clock = options.clock
    this.#isClockOwned = options.isClockOwned
    this.#sandbox = new Sandbox(options.scriptBudgetMs)
    this.#queries = options.queries
    this.#store = this.#openStore()
    this.#sweptAtSeconds = this.#store.nowSeconds()
  }

  get store(): AccountStore {
    return this.#store
  }

  /** Does a request's work; resolves, or fails, when what it tells of is on disk. */
  async run<T>(work: (store: AccountStore) => T | Promise<T>): Promise<T> {
    while (this.#isReplaced) await this.#isReplaced
    const running = this.#runOn(this.#store, work)
    this.#running.add(running)
    try {
      return await running
    } finally {
      this.#running.delete(running)
    }
  }

  /** All that the account holds, as the bytes of a data file. */
  async snapshot(): Promise<Uint8Array> {
    return this.#whenIdle(() => this.#store.file.copy())
  }

  /** Lets a snapshot take the place of all that the account holds. @throws Error where it is none; nothing has changed then */
  async restore(snapshot: Uint8Array): Promise<void> {
    await this.#whenIdle(() => {
      checkCopy(snapshot)
      const path = this.path
      const replace = path === undefined ? undefined : prepareReplacement(path, snapshot)
      this.#store.close()
      replace?.()
      this.#store = this.#openStore(path === undefined ? snapshot : undefined)
    })
  }

  close(): void {
    this.#sandbox.close()
    this.#store.close()
  }

  async #runOn<T>(store: AccountStore, work: (store: AccountStore) => T | Promise<T>): Promise<T> {
    try {
      if (this.#isClockOwned) this.#sweepDue()
      return await work(store)
    } finally {
      await store.file.committed()
    }
  }

  #openStore(content?: Uint8Array): AccountStore {
    return new AccountStore(this.path, this.#clock, this.#sandbox, {
      content,
      partitionCount: this.#partitionCount,
      queries: this.#queries,
      enforceThroughput: this.#enforceThroughput,
    })
  }

  #sweepDue(): void {
    const now = this.#store.nowSeconds()
    if (now === this.#sweptAtSeconds) return
    this.#sweptAtSeconds = now
    this.#store.sweepExpired(Number.MAX_SAFE_INTEGER)
  }

  /** Lets requests that run end and others wait meanwhile. */
  async #whenIdle<T>(work: () => T): Promise<T> {
    while (this.#isReplaced) await this.#isReplaced
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#isReplaced = promise
    try {
      await Promise.allSettled(this.#running)
      return work()
    } finally {
      this.#isReplaced = undefined
      resolve()
    }
  }
}
