import { getServiceProperties, listQueues, setServiceProperties } from './account-operations.ts'
import { clearMessages, deleteMessage, getMessages, putMessage, updateMessage } from './message-operations.ts'
import { createQueue, deleteQueue, getQueueMetadata, setQueueMetadata } from './queue-operations.ts'
import type { QueueStore } from './queue-store.ts'
import type { Operation, ServiceAnswer, ServiceCall } from './service-call.ts'
import { ServiceError } from './service-error.ts'

/** What can be asked: the verb, what of, and the component where the query names one. */
const operations: Readonly<Record<string, Operation<QueueStore>>> = {
  'GET account list': listQueues,
  'GET account properties': getServiceProperties,
  'PUT account properties': setServiceProperties,
  'PUT queue': createQueue,
  'DELETE queue': deleteQueue,
  'GET queue metadata': getQueueMetadata,
  'HEAD queue metadata': getQueueMetadata,
  'PUT queue metadata': setQueueMetadata,
  'GET messages': getMessages,
  'POST messages': putMessage,
  'DELETE messages': clearMessages,
  'PUT message': updateMessage,
  'DELETE message': deleteMessage,
}

/** Does what is asked of a path below the account. @throws ServiceError with what the service would refuse it for */
export function answerCall(
  method: string,
  path: readonly string[],
  call: Omit<ServiceCall, 'queueName' | 'messageId'>,
  store: QueueStore,
): ServiceAnswer {
  const [queueName = '', collection, messageId = '', beyond] = path
  if (beyond !== undefined || (collection !== undefined && collection !== 'messages'))
    throw new ServiceError('InvalidUri')
  const target = messageId ? 'message' : collection ? 'messages' : queueName ? 'queue' : 'account'
  const name = [method, target, call.query.get('comp') ?? []].flat().join(' ')
  const operation = operations[name]
  if (!operation)
    throw new ServiceError(
      'NotImplemented',
      {},
      `The queue service for tests has no "${name}". Bring a connection string of Azurite or of Azure for it.`,
    )
  return operation({ ...call, queueName, messageId }, store)
}
