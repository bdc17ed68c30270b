import { isUtf8 } from 'node:buffer'

import type { DequeuedMessageItem } from '@azure/storage-queue'

import type { TypedData } from '../../worker/protocol.ts'

/** A message as its function gets it: text, or bytes where the trigger asks for them. @throws when the text is not UTF-8 */
export function toTriggerData(body: Buffer, dataType: unknown): TypedData {
  if (String(dataType).toLowerCase() === 'binary') return { bytes: body }
  if (!isUtf8(body))
    throw new Error(
      'The message is not UTF-8 text. Send text, or give the trigger the property dataType: "binary".',
    )
  return { string: body.toString('utf8') }
}

/**
 * Metadata of a message: its own fields, and the top level of a JSON body, which stands above them whatever the case.
 * As in Azure scalars of the body are text, `null` and arrays are left out, and bytes that are no text have no `QueueTrigger`.
 */
export function toTriggerMetadata(
  item: DequeuedMessageItem,
  body: Buffer,
  data: TypedData,
): Record<string, TypedData> {
  const fields = data.string === undefined ? [] : bodyFields(data.string)
  const ofBody = new Map(fields.map(([name, value]) => [name.toLowerCase(), { name, value }]))
  const metadata: Record<string, TypedData> = {
    ...(isUtf8(body) ? { QueueTrigger: { string: body.toString('utf8') } } : {}),
    DequeueCount: { int: item.dequeueCount },
    ExpirationTime: { json: toJsonTime(item.expiresOn) },
    Id: { string: item.messageId },
    InsertionTime: { json: toJsonTime(item.insertedOn) },
    NextVisibleTime: { json: toJsonTime(item.nextVisibleOn) },
    PopReceipt: { string: item.popReceipt },
  }
  for (const name of Object.keys(metadata)) {
    const own = ofBody.get(name.toLowerCase())
    if (!own) continue
    metadata[name] = own.value
    ofBody.delete(name.toLowerCase())
  }
  for (const { name, value } of ofBody.values()) metadata[name] = value
  return metadata
}

/** Metadata of a text that was in no queue. */
export function toTextMetadata(text: string): Record<string, TypedData> {
  return { QueueTrigger: { string: text }, ...Object.fromEntries(bodyFields(text)) }
}

function bodyFields(text: string): [string, TypedData][] {
  if (!text.trimStart().startsWith('{')) return []
  try {
    return Object.entries(JSON.parse(text) as Record<string, unknown>).flatMap(([name, value]) => {
      if (value === null || Array.isArray(value)) return []
      return [[name, typeof value === 'object' ? { json: JSON.stringify(value) } : { string: toText(value) }]]
    })
  } catch {
    return []
  }
}

/** A scalar as .NET writes it. */
function toText(value: unknown): string {
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  return String(value)
}

/** A time as .NET writes it: whole seconds, with an offset. */
function toJsonTime(time: Date): string {
  return JSON.stringify(time.toISOString().replace(/\.\d+Z$/, '+00:00'))
}
