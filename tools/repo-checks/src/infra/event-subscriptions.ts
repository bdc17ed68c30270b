import { resourcesOf, valueAt, type Snapshot, type SnapshotResource } from './snapshot.ts'

/** The subscriptions of Event Grid's system topics. */
export function eventSubscriptions(snapshot: Snapshot): readonly SnapshotResource[] {
  return resourcesOf(snapshot, 'Microsoft.EventGrid/systemTopics/eventSubscriptions')
}

/** Blob containers that take what could not be delivered. */
export function deadLetterContainers(snapshot: Snapshot): string[] {
  return [
    ...new Set(eventSubscriptions(snapshot).flatMap((subscription) => deadLetterOf(subscription) ?? [])),
  ]
}

/** Blob container for what a subscription could not deliver. */
export function deadLetterOf({ properties }: SnapshotResource): string | undefined {
  const name = valueAt(
    properties,
    'deadLetterWithResourceIdentity',
    'deadLetterDestination',
    'properties',
    'blobContainerName',
  )
  return typeof name === 'string' ? name : undefined
}
