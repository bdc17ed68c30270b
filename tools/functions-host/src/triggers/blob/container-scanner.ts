import type { ContainerClient, ContainerListBlobFlatSegmentResponse } from '@azure/storage-blob'

import { isMissing } from '../../storage/create-when-missing.ts'
import type { Log } from '../../logging/log.ts'
import type { Clock } from '../../time/clock.ts'
import type { BlobFunction } from './blob-function.ts'
import { quoteEtag } from './blob-message.ts'
import type { BlobQueue } from './blob-queue.ts'
import type { BlobReceipts } from './blob-receipt.ts'
import type { FoundBlob } from './container-sweep.ts'
import { ContainerSweep } from './container-sweep.ts'
import type { ScanCursor } from './scan-cursor.ts'

/** Between the end of one sweep and the next, ms. */
const pollMs = 10_000
/** Blobs whose receipts are asked for at the same time. */
const parallelBlobs = 8
const largestPage = 5000

/** What a scanner works with. */
export interface ContainerScannerOptions {
  readonly container: ContainerClient
  /** All that listen to this container. */
  readonly functions: readonly BlobFunction[]
  readonly receipts: BlobReceipts
  readonly queue: BlobQueue
  readonly cursor: ScanCursor
  /** How many blobs are listed before the next poll; a larger container takes several. */
  readonly blobsPerPoll: number
  /** Something was enqueued. */
  readonly onEnqueued: () => void
  readonly log: Log
  readonly clock: Clock
}

/** Finds the new blobs of one container and enqueues a message for each function that takes them. */
export class ContainerScanner {
  readonly #options: ContainerScannerOptions
  readonly #looks = new Set<Promise<void>>()
  /** Blobs that could not be settled yet: times of their last change, by name. */
  readonly #unsettled = new Map<string, number>()
  #sweep: ContainerSweep | undefined
  #continuation: string | undefined
  #savedCursorMs = 0
  #loop: Promise<void> | undefined
  #isStopping = false
  #isWoken = false
  #endWait: AbortController | undefined
  #lastFault = ''

  constructor(options: ContainerScannerOptions) {
    this.#options = options
  }

  get containerName(): string {
    return this.#options.container.containerName
  }

  start(): void {
    this.#loop = this.#run()
  }

  /** What it is at that goes on by itself. */
  busyWith(): readonly string[] {
    const isAtRest = this.#endWait !== undefined && !this.#isWoken && this.#looks.size === 0
    return isAtRest || this.#isStopping ? [] : [`looking through the container ${this.containerName}`]
  }

  /** The container has something new: sweep now. */
  wake(): void {
    this.#isWoken = true
    this.#endWait?.abort()
  }

  /** This blob is new or has changed: look at it alone, now. */
  look(blobName: string): void {
    if (this.#isStopping || this.#takersOf(blobName).length === 0) return
    const look = this.#look(blobName).catch((error: unknown) => this.#report(error))
    this.#looks.add(look)
    void look.finally(() => this.#looks.delete(look))
  }

  async drain(): Promise<void> {
    this.#isStopping = true
    this.#endWait?.abort()
    await this.#loop
    await Promise.all(this.#looks)
  }

  async #run(): Promise<void> {
    while (!this.#isStopping) {
      this.#isWoken = false
      try {
        await this.#poll()
        this.#lastFault = ''
      } catch (error) {
        this.#report(error)
      }
      await this.#wait()
    }
  }

  async #poll(): Promise<void> {
    const { blobsPerPoll } = this.#options
    this.#sweep ??= new ContainerSweep((this.#savedCursorMs = await this.#options.cursor.read()))
    await forEach([...this.#unsettled.keys()], (name) => this.#look(name))
    for (let listed = 0; listed < blobsPerPoll && !this.#isStopping;) {
      const page = await this.#list(Math.min(largestPage, blobsPerPoll - listed))
      if (!page) return
      await forEach(this.#sweep.takePage(page.blobs), (blob) => this.#take(blob))
      listed += Math.max(1, page.blobs.length)
      this.#continuation = page.continuation
      if (!page.continuation) {
        this.#sweep.end()
        return this.#saveCursor(this.#sweep.cursorMs)
      }
    }
  }

  /** The next page; undefined while the container is not there. */
  async #list(
    maxPageSize: number,
  ): Promise<{ blobs: FoundBlob[]; continuation: string | undefined } | undefined> {
    const pages = this.#options.container
      .listBlobsFlat()
      .byPage({ maxPageSize, ...(this.#continuation ? { continuationToken: this.#continuation } : {}) })
    try {
      const { value } = (await pages.next()) as { value?: ContainerListBlobFlatSegmentResponse }
      const blobs = value?.segment.blobItems.map(({ name, properties }) => ({
        name,
        etag: quoteEtag(properties.etag),
        blobType: properties.blobType ?? 'BlockBlob',
        lastModifiedMs: properties.lastModified.getTime(),
      }))
      return { blobs: blobs ?? [], continuation: value?.continuationToken || undefined }
    } catch (error) {
      if (isMissing(error)) return undefined
      throw error
    }
  }

  async #look(name: string): Promise<void> {
    try {
      const properties = await this.#options.container.getBlobClient(name).getProperties()
      await this.#take({
        name,
        etag: quoteEtag(properties.etag),
        blobType: properties.blobType ?? 'BlockBlob',
        lastModifiedMs: properties.lastModified?.getTime() ?? 0,
      })
    } catch (error) {
      if (isMissing(error)) return void this.#unsettled.delete(name)
      if (!this.#unsettled.has(name)) this.#unsettled.set(name, 0)
      throw error
    }
  }

  /** Has a message enqueued for each function that takes this blob; what another host is at just now is looked at again. */
  async #take(blob: FoundBlob): Promise<void> {
    const { receipts, queue, container, onEnqueued } = this.#options
    const settled = await Promise.allSettled(
      this.#takersOf(blob.name).map(({ id }) => {
        const message = {
          FunctionId: id,
          BlobType: blob.blobType,
          ContainerName: container.containerName,
          BlobName: blob.name,
          ETag: blob.etag,
        }
        return receipts.ensureEnqueued(message, async () => {
          const messageId = await queue.send(message)
          onEnqueued()
          return messageId
        })
      }),
    )
    for (const result of settled) if (result.status === 'rejected') this.#report(result.reason)
    if (settled.every((result) => result.status === 'fulfilled' && result.value)) {
      this.#unsettled.delete(blob.name)
      this.#sweep?.settle(blob)
    } else this.#unsettled.set(blob.name, blob.lastModifiedMs)
  }

  #takersOf(blobName: string): BlobFunction[] {
    return this.#options.functions.filter(({ settings }) => settings.pattern.match(blobName))
  }

  /** Keeps how far a restarted host need not look again: not as far as what is still unsettled, nor the last second as a whole. */
  async #saveCursor(cursorMs: number): Promise<void> {
    let safeMs = cursorMs - 1
    for (const changedMs of this.#unsettled.values()) safeMs = Math.min(safeMs, changedMs - 1)
    if (safeMs <= this.#savedCursorMs) return
    await this.#options.cursor.write(safeMs)
    this.#savedCursorMs = safeMs
  }

  #report(error: unknown): void {
    const fault = (error as Error).message.split('\n')[0] ?? ''
    if (fault !== this.#lastFault && !this.#isStopping)
      this.#options.log('warning', `Container ${this.containerName} cannot be looked through yet: ${fault}`)
    this.#lastFault = fault
  }

  async #wait(): Promise<void> {
    if (this.#isWoken || this.#isStopping) return
    this.#endWait = new AbortController()
    await this.#options.clock.poll(pollMs, this.#endWait.signal)
    this.#endWait = undefined
  }
}

/** Works on items, a few at a time. */
async function forEach<Item>(items: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> {
  const rest = items[Symbol.iterator]()
  const workers = Array.from({ length: Math.min(parallelBlobs, items.length) }, async () => {
    for (const item of rest) await work(item)
  })
  await Promise.all(workers)
}
