import { tmpdir } from 'node:os'

import { blobContainer, connectStorage, queueSender } from '@zoetrope/blobs'
import type { TaskRuntime } from '@zoetrope/tasks'
import { childEntry, createChildPool, sweepScratch } from '@zoetrope/tasks'

import { app } from './config.ts'
import { operations } from './operations/operations.ts'

/** What the functions of this app work with. */
export type Deps = Omit<TaskRuntime, 'onFailure'>

let deps: Deps | undefined

/** Makes the clients and the pool of media processes, once, at the first use. */
export function wire(): Deps {
  if (deps) return deps
  const { storage, heartbeatMs, progressMs, maxSourceBytes, ...settings } = app.load()
  const account = connectStorage(storage)
  const scratchRoot = settings.scratchRoot || tmpdir()
  void sweepScratch(scratchRoot)
  deps = {
    operations,
    blobs: (container) => blobContainer(account, container),
    queue: queueSender(account),
    children: createChildPool({
      entry: childEntry(import.meta.url, 'media-child'),
      size: settings.childCount,
      killAfterMs: settings.childLimitMs,
      maxResidentBytes: settings.childMaxBytes,
    }),
    settings: { heartbeatMs, progressMs, maxSourceBytes, scratchRoot },
  }
  return deps
}
