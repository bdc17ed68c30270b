import { BlobCreatedEvent, err, toErrorBody, toZoetropeError } from '@zoetrope/contracts'

import { blobOfEvent } from '../blob-of-event.ts'
import { edge } from '../edge.ts'
import { takeInBlob } from '../take-in-blob.ts'

/** An event that failed too often: one more try, then its file becomes an asset that failed, with the reason. */
export const failMedia = edge.queue({
  name: 'media-events-poison',
  queueName: 'media-events-poison',
  schema: BlobCreatedEvent,
  handle: async (event, deps) => {
    const blob = blobOfEvent(event)
    if (!blob) return
    try {
      await takeInBlob(deps, blob)
    } catch (thrown) {
      const detail = `Taking in the file failed with ${toZoetropeError(thrown).code}.`
      await takeInBlob(deps, blob, { failure: toErrorBody(err('MESSAGE_POISONED', { detail })) })
    }
  },
})
