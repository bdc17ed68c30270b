import type { BlobCreatedEvent } from '@zoetrope/contracts'

/** The blob that an event tells of; undefined for other events and other containers. */
export function blobOfEvent(event: BlobCreatedEvent): string | undefined {
  if (event.type !== 'Microsoft.Storage.BlobCreated') return undefined
  return /^\/blobServices\/default\/containers\/uploads\/blobs\/(.+)$/s.exec(event.subject)?.[1]
}
