import type { BlobContainer } from '@zoetrope/blobs'
import { blobContainer, connectStorage } from '@zoetrope/blobs'
import type { Store } from '@zoetrope/store'
import { connectCosmos, cosmosStore } from '@zoetrope/store'

import { app } from './config.ts'

/** What the functions of this app work with. */
export interface Deps {
  readonly store: Store
  readonly renditions: BlobContainer
}

let deps: Deps | undefined

/** Makes the clients, once, at the first use. */
export function wire(): Deps {
  const settings = app.load()
  deps ??= {
    store: cosmosStore(connectCosmos(settings.cosmos)),
    renditions: blobContainer(connectStorage(settings.storage), 'renditions'),
  }
  return deps
}
