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
  now(): Date
}

let deps: Deps | undefined

/** Makes the clients, once, at the first use. */
export function wire(): Deps {
  if (deps) return deps
  const settings = app.load()
  const storage = connectStorage(settings.storage)
  deps = {
    settings,
    store: cosmosStore(connectCosmos(settings.cosmos)),
    queues: queueSender(storage),
    work: blobContainer(storage, 'work'),
    renditions: blobContainer(storage, 'renditions'),
    now: () => new Date(),
  }
  return deps
}
