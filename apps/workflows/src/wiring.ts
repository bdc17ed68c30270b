import type { InvocationContext } from '@azure/functions'
import type { BlobContainer, QueueSender } from '@zoetrope/blobs'
import { blobContainer, connectStorage, queueSender } from '@zoetrope/blobs'
import type { Store } from '@zoetrope/store'
import { connectCosmos, cosmosStore } from '@zoetrope/store'

import { app } from './config.ts'

/** Settings of this app. */
export type Settings = ReturnType<typeof app.load>

/** What the functions of this app work with. */
export interface Deps {
  readonly settings: Settings
  readonly store: Store
  readonly queues: QueueSender
  readonly work: BlobContainer
  readonly renditions: BlobContainer
  readonly record: ReturnType<typeof app.recorder>
  now(): Date
}

let clients: Omit<Deps, 'record'> | undefined

/** What one invocation works with. */
export function wire(context: InvocationContext): Deps {
  clients ??= makeClients()
  return { ...clients, record: app.recorder(context) }
}

/** Made once, at the first use. */
function makeClients(): Omit<Deps, 'record'> {
  const settings = app.load()
  const storage = connectStorage(settings.storage)
  return {
    settings,
    store: cosmosStore(connectCosmos(settings.cosmos)),
    queues: queueSender(storage),
    work: blobContainer(storage, 'work'),
    renditions: blobContainer(storage, 'renditions'),
    now: () => new Date(),
  }
}
