import { metadataHeaders } from './metadata.ts'
import type { QueueStore } from './queue-store.ts'
import type { Operation } from './service-call.ts'

/** Create Queue. */
export const createQueue: Operation<QueueStore> = ({ queueName, metadata }, store) => ({
  status: store.create(queueName, metadata) ? 201 : 204,
})

/** Delete Queue. Its name is free at once, where the service keeps it for half a minute. */
export const deleteQueue: Operation<QueueStore> = ({ queueName }, store) => {
  store.delete(queueName)
  return { status: 204 }
}

/** Get Queue Metadata. Hidden messages count. */
export const getQueueMetadata: Operation<QueueStore> = ({ queueName }, store) => {
  const { metadata, messages } = store.get(queueName)
  const count = messages.all(store.nowMs).length
  return {
    status: 200,
    headers: { ...metadataHeaders(metadata), 'x-ms-approximate-messages-count': String(count) },
  }
}

/** Set Queue Metadata. */
export const setQueueMetadata: Operation<QueueStore> = ({ queueName, metadata }, store) => {
  store.get(queueName).metadata = metadata
  store.changed(queueName, false)
  return { status: 204 }
}
