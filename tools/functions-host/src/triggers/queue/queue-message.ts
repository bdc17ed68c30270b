import type { DequeuedMessageItem } from '@azure/storage-queue'

import type { TypedData } from '../../worker/protocol.ts'

/** The text of a message. @throws when the queue holds base64 and this is none */
export function decodeMessage(item: DequeuedMessageItem, encoding: 'base64' | 'none'): string {
  if (encoding === 'none') return item.messageText
  const text = item.messageText.trim()
  if (!/^[A-Za-z0-9+/\s]*={0,2}$/.test(text) || text.replaceAll(/\s/g, '').length % 4 !== 0) {
    throw new Error(
      'The message is not base64. Send base64, or set extensions.queues.messageEncoding to "none".',
    )
  }
  return Buffer.from(text, 'base64').toString('utf8')
}

/** Metadata of a message for the function: its own fields, and the top level of a JSON body. */
export function toTriggerMetadata(item: DequeuedMessageItem, text: string): Record<string, TypedData> {
  return {
    ...jsonFields(text),
    QueueTrigger: { string: text },
    DequeueCount: { int: item.dequeueCount },
    Id: { string: item.messageId },
    PopReceipt: { string: item.popReceipt },
    ExpirationTime: { json: JSON.stringify(item.expiresOn) },
    InsertionTime: { json: JSON.stringify(item.insertedOn) },
    NextVisibleTime: { json: JSON.stringify(item.nextVisibleOn) },
  }
}

function jsonFields(text: string): Record<string, TypedData> {
  if (!text.trimStart().startsWith('{')) return {}
  try {
    const fields = Object.entries(JSON.parse(text) as Record<string, unknown>)
    return Object.fromEntries(
      fields.map(([name, value]) => [
        name,
        typeof value === 'string' ? { string: value } : { json: JSON.stringify(value) },
      ]),
    )
  } catch {
    return {}
  }
}
