import type { StoredMessage } from './message-list.ts'
import { readNumber, readText } from './query.ts'
import type { QueueStore } from './queue-store.ts'
import type { Operation } from './service-call.ts'
import { ServiceError } from './service-error.ts'
import type { XmlElements } from './xml.ts'
import { readXml, toXml } from './xml.ts'

/** Largest text of a message. */
const maxTextBytes = 65_536
const weekSeconds = 604_800
const messageCount = { min: 1, max: 32, byDefault: 1 }
/** What a message has that never expires. */
const lastMs = Date.UTC(9999, 11, 31, 23, 59, 59)

/** Put Message. */
export const putMessage: Operation<QueueStore> = ({ queueName, query, body }, store) => {
  const { messages } = store.get(queueName)
  const text = readMessageText(body)
  if (text === undefined) throw new ServiceError('InvalidXmlDocument')
  const hiddenSeconds = readNumber(query, 'visibilitytimeout', { min: 0, max: weekSeconds, byDefault: 0 })
  const liveSeconds = readNumber(query, 'messagettl', { min: -1, max: Infinity, byDefault: weekSeconds })
  const lives = liveSeconds === -1 ? Number.POSITIVE_INFINITY : liveSeconds
  if (lives === 0 || (query.has('messagettl') && hiddenSeconds >= lives))
    throw new ServiceError('InvalidQueryParameterValue', {
      QueryParameterName: lives === 0 ? 'messagettl' : 'visibilitytimeout',
      QueryParameterValue: String(lives === 0 ? lives : hiddenSeconds),
      Reason: 'messagettl must be -1 or at least 1, and greater than visibilitytimeout.',
    })
  const { nowMs } = store
  const message = messages.put(
    text,
    { nextVisibleMs: nowMs + hiddenSeconds * 1000, expiresMs: nowMs + lives * 1000 },
    nowMs,
  )
  store.changed(queueName, true)
  return { status: 201, body: listOf([{ ...times(message), ...receipt(message) }]) }
}

/** Get Messages, or Peek Messages where `peekonly` is true. */
export const getMessages: Operation<QueueStore> = ({ queueName, query }, store) => {
  const { messages } = store.get(queueName)
  const most = readNumber(query, 'numofmessages', messageCount)
  const { nowMs } = store
  if (query.get('peekonly')?.toLowerCase() === 'true') {
    const peeked = messages.peek(most, nowMs)
    return {
      status: 200,
      body: listOf(peeked.map((message) => ({ ...times(message), ...content(message) }))),
    }
  }
  const hiddenSeconds = readNumber(query, 'visibilitytimeout', { min: 1, max: weekSeconds, byDefault: 30 })
  const received = messages.receive(most, nowMs + hiddenSeconds * 1000, nowMs)
  if (received.length > 0) store.changed(queueName, false)
  return {
    status: 200,
    body: listOf(
      received.map((message) => ({ ...times(message), ...receipt(message), ...content(message) })),
    ),
  }
}

/** Clear Messages. */
export const clearMessages: Operation<QueueStore> = ({ queueName }, store) => {
  store.get(queueName).messages.clear()
  store.changed(queueName, false)
  return { status: 204 }
}

/** Update Message. */
export const updateMessage: Operation<QueueStore> = ({ queueName, messageId, query, body }, store) => {
  const { messages } = store.get(queueName)
  const popReceipt = readText(query, 'popreceipt')
  const hiddenSeconds = readNumber(query, 'visibilitytimeout', { min: 0, max: weekSeconds })
  const text = readMessageText(body)
  const { nowMs } = store
  const nextVisibleMs = nowMs + hiddenSeconds * 1000
  const change = { nextVisibleMs, ...(text === undefined ? {} : { text }) }
  const message = messages.update(messageId, popReceipt, change, nowMs)
  store.changed(queueName, true)
  return {
    status: 204,
    headers: { 'x-ms-popreceipt': message.popReceipt, 'x-ms-time-next-visible': dateText(nextVisibleMs) },
  }
}

/** Delete Message. */
export const deleteMessage: Operation<QueueStore> = ({ queueName, messageId, query }, store) => {
  const { messages } = store.get(queueName)
  messages.delete(messageId, readText(query, 'popreceipt'), store.nowMs)
  store.changed(queueName, false)
  return { status: 204 }
}

/** Undefined for a body of nothing. @throws ServiceError for one that is too large, or no message */
function readMessageText(body: string): string | undefined {
  if (body === '') return undefined
  const text = readXml(body, 'QueueMessage')['MessageText']
  if (typeof text !== 'string') throw new ServiceError('InvalidXmlDocument')
  if (Buffer.byteLength(text) > maxTextBytes)
    throw new ServiceError('RequestBodyTooLarge', { MaxLimit: String(maxTextBytes) })
  return text
}

function listOf(messages: readonly XmlElements[]): string {
  return toXml({ QueueMessagesList: { QueueMessage: messages } })
}

function times({ messageId, insertedMs, expiresMs }: StoredMessage): XmlElements {
  return {
    MessageId: messageId,
    InsertionTime: dateText(insertedMs),
    ExpirationTime: dateText(Math.min(expiresMs, lastMs)),
  }
}

function receipt({ popReceipt, nextVisibleMs }: StoredMessage): XmlElements {
  return { PopReceipt: popReceipt, TimeNextVisible: dateText(nextVisibleMs) }
}

function content({ dequeueCount, text }: StoredMessage): XmlElements {
  return { DequeueCount: String(dequeueCount), MessageText: text }
}

function dateText(ms: number): string {
  return new Date(ms).toUTCString()
}
