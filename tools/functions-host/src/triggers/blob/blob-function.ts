import type { BlobServiceClient } from '@azure/storage-blob'

import type { TriggeredFunction } from '../../trigger.ts'
import type { BlobTriggerSettings } from './blob-settings.ts'

/** A function with a blob trigger, and the account of its blobs. */
export interface BlobFunction {
  /** `Host.Functions.<name>` */
  readonly id: string
  readonly target: TriggeredFunction
  readonly settings: BlobTriggerSettings
  readonly blobs: BlobServiceClient
}
