import type { BlobContainer, QueueSender } from '@zoetrope/blobs'
import { blobContainer, connectStorage, queueSender } from '@zoetrope/blobs'
import type { Store } from '@zoetrope/store'
import { connectCosmos, cosmosStore } from '@zoetrope/store'

import { app } from './config.ts'

/** What the functions of this app work with. */
export interface Deps {
  readonly store: Store
  readonly uploads: BlobContainer
  readonly queues: QueueSender
  readonly clock: () => Date
  readonly maxSourceBytes: number
  readonly sweepGraceMs: number
  /** Files (name and etag) that the sweep of this process has seen taken in. */
  readonly settled: Set<string>
  readonly record: ReturnType<typeof app.recorder>
}

let clients: Omit<Deps, 'record'> | undefined

/** What one invocation works with. */
export function wire(context: Parameters<typeof app.recorder>[0]): Deps {
  clients ??= makeClients()
  return { ...clients, record: app.recorder(context) }
}

/** Made once, at the first use. */
function makeClients(): Omit<Deps, 'record'> {
  const settings = app.load()
  const account = connectStorage(settings.storage)
  return {
    store: cosmosStore(connectCosmos(settings.cosmos)),
    uploads: blobContainer(account, 'uploads'),
    queues: queueSender(account),
    clock: () => new Date(),
    maxSourceBytes: settings.maxSourceBytes,
    sweepGraceMs: settings.sweepGraceMs,
    settled: new Set(),
  }
}
