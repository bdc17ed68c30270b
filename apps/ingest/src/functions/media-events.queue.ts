import { BlobCreatedEvent } from '@zoetrope/contracts'

import { blobOfEvent } from '../blob-of-event.ts'
import { edge } from '../edge.ts'
import { takeInBlob } from '../take-in-blob.ts'

/** A stored file becomes an asset with a job. */
export const takeInMedia = edge.queue({
  name: 'media-events',
  queueName: 'media-events',
  schema: BlobCreatedEvent,
  handle: async (event, deps, context) => {
    const blob = blobOfEvent(event)
    const traceparent = context.traceContext?.traceParent
    if (blob) await takeInBlob(deps, blob, traceparent ? { traceparent } : {})
  },
})
