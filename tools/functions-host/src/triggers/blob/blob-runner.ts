import { buffer } from 'node:stream/consumers'

import type { BlobGetPropertiesResponse } from '@azure/storage-blob'
import type { DequeuedMessageItem } from '@azure/storage-queue'

import { isMissing } from '../../storage/create-when-missing.ts'
import { toBlobModelData } from '../../bindings/blob-model-data.ts'
import { connectionSetting } from '../../storage/connections.ts'
import { HostError } from '../../errors.ts'
import type { HandInput, TriggerContext, TriggeredFunction } from '../../trigger.ts'
import type { InvocationResult } from '../../worker/function-worker.ts'
import type { BlobFunction } from './blob-function.ts'
import type { BlobMessage } from './blob-message.ts'
import { functionIdOf, quoteEtag, readBlobMessage } from './blob-message.ts'
import { toTriggerMetadata } from './blob-metadata.ts'
import type { BlobReceipts } from './blob-receipt.ts'

/** What a message comes to when there is nothing to run. */
const nothingToDo: InvocationResult = { ok: true, outputData: [] }

type NamedBlob = Pick<BlobMessage, 'ContainerName' | 'BlobName'>

interface ReadBlob {
  readonly url: string
  readonly properties: Partial<BlobGetPropertiesResponse>
  /** Reads the rest of the answer, once. */
  readonly content: () => Promise<Buffer>
  readonly discard: () => void
}

/** Runs functions for the messages of the internal queue. */
export class BlobRunner {
  readonly #functions: ReadonlyMap<string, BlobFunction>
  readonly #receipts: BlobReceipts
  readonly #context: TriggerContext
  readonly #lookAgain: (target: BlobFunction, blobName: string) => void

  constructor(options: {
    functions: readonly BlobFunction[]
    receipts: BlobReceipts
    context: TriggerContext
    /** A blob has changed since its message was sent. */
    lookAgain: (target: BlobFunction, blobName: string) => void
  }) {
    this.#functions = new Map(options.functions.map((one) => [one.id, one]))
    this.#receipts = options.receipts
    this.#context = options.context
    this.#lookAgain = options.lookAgain
  }

  /** Runs the function that a message names, for the blob that it names. Nothing runs for a blob that is gone or, where this host finds blobs itself, has changed. */
  async handle(item: DequeuedMessageItem, text: string): Promise<InvocationResult> {
    const message = readBlobMessage(text)
    const target = this.#functions.get(message.FunctionId)
    const path = `${message.ContainerName}/${message.BlobName}`
    if (!target) {
      this.#context.log(
        'warning',
        `The message for blob '${path}' is dropped: there is no function ${message.FunctionId}.`,
      )
      return nothingToDo
    }
    const isScanned = target.settings.source === 'LogsAndContainerScan'
    const reading = readBlob(target, message)
    const isToRun = isScanned
      ? await this.#receipts.isToRun(message, item.messageId).catch(async (error: unknown) => {
          const begun = await reading.catch(() => undefined)
          begun?.discard()
          throw error
        })
      : true
    const blob = await reading
    if (!blob) {
      this.#context.log('debug', `Blob '${path}' is gone; ${message.FunctionId} does not run for it.`)
      return nothingToDo
    }
    const hasChanged = isScanned && quoteEtag(blob.properties.etag) !== message.ETag
    if (hasChanged || !isToRun) {
      blob.discard()
      if (hasChanged) this.#lookAgain(target, message.BlobName)
      return nothingToDo
    }
    return this.#context.invoke(target.target, {
      ...(await this.#toInput(target, message, blob)),
      reason: `New blob detected(${target.settings.source}): ${path}`,
    })
  }

  /** A blob by its path, `container/name`. @throws HostError when it is not there */
  async fromText({ metadata }: TriggeredFunction, text: string): Promise<HandInput> {
    const [, container = '', name = ''] = /^([^/]+)\/(.+)$/s.exec(text) ?? []
    const target = this.#functions.get(functionIdOf(metadata.name))
    const blob =
      target && name !== '' ? await readBlob(target, { ContainerName: container, BlobName: name }) : undefined
    if (!target || !blob)
      throw new HostError(`there is no blob "${text}". Give the path of one, as "container/name".`)
    return this.#toInput(target, { ContainerName: container, BlobName: name }, blob)
  }

  async #toInput(target: BlobFunction, message: NamedBlob, blob: ReadBlob): Promise<HandInput> {
    const { settings } = target
    const path = `${message.ContainerName}/${message.BlobName}`
    return {
      data: settings.isDeferred
        ? toBlobModelData(connectionSetting(this.#context.config.settings, settings.connection), {
            containerName: message.ContainerName,
            blobName: message.BlobName,
          })
        : { bytes: await blob.content() },
      triggerMetadata: toTriggerMetadata({
        path,
        url: blob.url,
        properties: blob.properties,
        captured: settings.pattern.match(message.BlobName) ?? {},
      }),
    }
  }
}

/** Begins to read a blob, or its properties alone where the function reads it itself; undefined when it is gone. */
async function readBlob(
  { blobs, settings }: BlobFunction,
  message: NamedBlob,
): Promise<ReadBlob | undefined> {
  const blob = blobs.getContainerClient(message.ContainerName).getBlobClient(message.BlobName)
  const url = blob.url.split('?')[0] ?? blob.url
  try {
    if (settings.isDeferred)
      return {
        url,
        properties: await blob.getProperties(),
        content: async () => Buffer.alloc(0),
        discard() {},
      }
    const properties = await blob.download()
    const stream = properties.readableStreamBody as NodeJS.ReadableStream & { destroy(): void }
    return { url, properties, content: () => buffer(stream), discard: () => stream.destroy() }
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}
