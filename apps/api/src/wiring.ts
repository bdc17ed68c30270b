import type { BlobContainer, QueueSender, SasSigner } from '@zoetrope/blobs'
import { blobContainer, connectStorage, queueSender, sasSigner } from '@zoetrope/blobs'
import type { AuthenticateTenant, Store, UsageCopies } from '@zoetrope/store'
import { connectCosmos, cosmosStore, cosmosUsageCopies, tenantAuthenticator } from '@zoetrope/store'

import { app } from './config.ts'

/** What the functions of this app work with. */
export interface Deps {
  readonly store: Store
  readonly usage: UsageCopies
  readonly uploads: BlobContainer
  readonly renditions: BlobContainer
  readonly queues: QueueSender
  readonly sas: SasSigner
  readonly authenticate: AuthenticateTenant
  readonly clock: () => Date
  readonly settings: Pick<
    ReturnType<typeof app.load>,
    'deliveryUrl' | 'maxSourceBytes' | 'maxFormBytes' | 'uploadTtlSeconds'
  >
}

let deps: Deps | undefined

/** Makes the clients, once, at the first use. */
export function wire(): Deps {
  if (deps) return deps
  const settings = app.load()
  const account = connectStorage(settings.storage)
  const database = connectCosmos(settings.cosmos)
  const store = cosmosStore(database)
  deps = {
    store,
    usage: cosmosUsageCopies(database.container('usage')),
    uploads: blobContainer(account, 'uploads'),
    renditions: blobContainer(account, 'renditions'),
    queues: queueSender(account),
    sas: sasSigner(account),
    authenticate: tenantAuthenticator(store.catalog),
    clock: () => new Date(),
    settings,
  }
  return deps
}
