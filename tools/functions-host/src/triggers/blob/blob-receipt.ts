import { createHash } from 'node:crypto'

import type { BlockBlobClient, ContainerClient } from '@azure/storage-blob'

import { createWhenMissing, isMissing } from '../../storage/create-when-missing.ts'
import type { BlobMessage } from './blob-message.ts'

/** How long one host may take to enqueue a message and to mark it, s. */
const leaseSeconds = 15
/** Between two looks at a receipt that another host holds, ms. */
const lookAgainMs = 100
const longestBlobName = 1024
/** Marks that are remembered for the messages to come back to this host. */
const mostOwnMarks = 1000

/** Answers that mean: somebody else was first. */
const lostRaces = new Set([404, 409, 412])

/**
 * The notes of what was enqueued: one blob for each function, blob and ETag in `azure-webjobs-hosts/blobreceipts/`, laid out as
 * Azure's host does. It is made before the message and marked after it, both under a lease. A host that dies between message
 * and mark leaves a receipt that another one finishes with a second message; the mark names the message that counts, so that
 * the function runs for one of the two.
 */
export class BlobReceipts {
  readonly #container: ContainerClient
  readonly #hostId: string
  /** Marks that this host makes or has made, by the message that they name: nobody needs to read those. */
  readonly #ownMarks = new Map<string, Promise<boolean>>()

  constructor(container: ContainerClient, hostId: string) {
    this.#container = container
    this.#hostId = hostId
  }

  /** Sees to it that a message is enqueued, by whichever host; `enqueue` answers its id. False: another host is at it, ask again later. */
  async ensureEnqueued(message: BlobMessage, enqueue: () => Promise<string>): Promise<boolean> {
    const receipt = this.#of(message)
    const created = await this.#create(receipt)
    const state = created ?? (await readState(receipt))
    if (!state) return false
    if (state.isCompleted) return true
    // A mark that comes too late is made by whoever took over, or by whoever gets the message.
    const isMarked = await underLease(receipt, state.etag, async (leaseId) => {
      const messageId = await enqueue()
      const mark = complete(receipt, leaseId, messageId)
      this.#remember(messageId, mark)
      return mark
    })
    return isMarked !== undefined
  }

  /** Whether this message is the one to run for its receipt. Waits for a host that is just about to mark it. */
  async isToRun(message: BlobMessage, messageId: string): Promise<boolean> {
    if (await this.#ownMarks.get(messageId)?.catch(() => false)) return true
    const receipt = this.#of(message)
    for (;;) {
      const state = await readState(receipt)
      // Whoever takes a receipt away wants the blob to be handled again; those of other hosts name no message.
      if (!state || (state.isCompleted && state.messageId === undefined)) return true
      if (state.isCompleted) return state.messageId === messageId
      // The host that sent the message died before it could mark it.
      const isMarked = await underLease(receipt, state.etag, (leaseId) =>
        complete(receipt, leaseId, messageId),
      )
      if (isMarked === true) return true
      await new Promise((resolve) => setTimeout(resolve, lookAgainMs))
    }
  }

  #remember(messageId: string, mark: Promise<boolean>): void {
    this.#ownMarks.set(messageId, mark)
    mark.catch(() => this.#ownMarks.delete(messageId))
    const [oldest] = this.#ownMarks.keys()
    if (this.#ownMarks.size > mostOwnMarks && oldest !== undefined) this.#ownMarks.delete(oldest)
  }

  #of({ FunctionId, ETag, ContainerName, BlobName }: BlobMessage): BlockBlobClient {
    const folder = `blobreceipts/${this.#hostId}/${FunctionId}/${ETag}/${ContainerName}/`
    const isTooLong = folder.length + BlobName.length > longestBlobName
    const name = isTooLong ? createHash('sha256').update(BlobName).digest('hex') : BlobName
    return this.#container.getBlockBlobClient(folder + name)
  }

  /** Makes a receipt that is not completed; undefined when there is one. */
  async #create(receipt: BlockBlobClient): Promise<ReceiptState | undefined> {
    const create = async (): Promise<ReceiptState | undefined> => {
      try {
        const { etag } = await receipt.upload('', 0, {
          conditions: { ifNoneMatch: '*' },
          metadata: { incomplete: 'Incomplete' },
        })
        return { isCompleted: false, messageId: undefined, etag }
      } catch (error) {
        const { statusCode } = error as { statusCode?: number }
        if (statusCode === 409 || statusCode === 412) return undefined
        throw error
      }
    }
    return createWhenMissing(create, () => this.#container.createIfNotExists())
  }
}

interface ReceiptState {
  readonly isCompleted: boolean
  readonly messageId: string | undefined
  readonly etag: string | undefined
}

async function readState(receipt: BlockBlobClient): Promise<ReceiptState | undefined> {
  try {
    const { metadata, etag } = await receipt.getProperties()
    return {
      isCompleted: metadata?.['incomplete'] === undefined,
      messageId: metadata?.['messageid'],
      etag,
    }
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}

/** Does what one host alone may do, if the receipt is still as it was seen. Undefined: another host holds it, or has changed it. */
async function underLease<Result>(
  receipt: BlockBlobClient,
  etag: string | undefined,
  work: (leaseId: string) => Promise<Result>,
): Promise<Result | undefined> {
  const lease = receipt.getBlobLeaseClient()
  if (!(await isFirst(() => lease.acquireLease(leaseSeconds, { conditions: { ifMatch: etag ?? '*' } }))))
    return undefined
  try {
    return await work(lease.leaseId)
  } finally {
    // Nobody needs to wait for it; what is not released ends by itself.
    lease.releaseLease().catch(() => {})
  }
}

/** Marks a receipt. False: it is gone, or its lease has run out. */
function complete(receipt: BlockBlobClient, leaseId: string, messageId: string): Promise<boolean> {
  return isFirst(() => receipt.setMetadata({ messageid: messageId }, { conditions: { leaseId } }))
}

/** Tries something that fails when somebody else was first. */
async function isFirst(action: () => Promise<unknown>): Promise<boolean> {
  try {
    await action()
    return true
  } catch (error) {
    if (lostRaces.has((error as { statusCode?: number }).statusCode ?? 0)) return false
    throw error
  }
}
