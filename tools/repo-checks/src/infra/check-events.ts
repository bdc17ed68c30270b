import type { Check, Deployment } from './deployment.ts'
import { deadLetterOf, eventSubscriptions } from './event-subscriptions.ts'
import { resourcesOf, shortName, valueAt, type SnapshotResource } from './snapshot.ts'

type StorageEvent = Deployment['declarations']['resources']['storageEvents'][number]

/** An app that is down over a weekend finds its events when it is back. */
const messageDays = 7

/** Each storage event that the product lives on goes to its queue: one subscription each, and no others. */
export const checkEvents: Check = (deployment) => {
  const { snapshot, declarations, accounts } = deployment
  const media = accounts['media-storage']
  const { storageEvents } = declarations.resources
  const found = eventSubscriptions(snapshot)
  return [
    ...resourcesOf(snapshot, 'Microsoft.EventGrid/systemTopics')
      .filter(({ properties }) => !isSameId(valueAt(properties, 'source'), media?.id))
      .map(({ name }) => `The system topic ${name} must have the media storage account as its source.`),
    ...resourcesOf(snapshot, 'Microsoft.EventGrid/systemTopics')
      .filter(({ identity }) => !/Assigned/.test(identity?.type ?? ''))
      .map(({ name }) => `The system topic ${name} needs an identity: it delivers with one.`),
    ...storageEvents.flatMap((event) => {
      const subscription = found.find((candidate) => shortName(candidate) === event.name)
      if (!subscription)
        return [
          `Missing: the event subscription ${event.name} (${event.eventType} in ${event.container} -> queue ${event.queue}). Make it in infra/modules/media-events.bicep.`,
        ]
      return compare(event, subscription, media)
    }),
    ...found
      .filter((subscription) => !storageEvents.some(({ name }) => name === shortName(subscription)))
      .map(
        (subscription) =>
          `Not needed: the event subscription ${shortName(subscription)}; libs/contracts/src/resources.ts does not name it. Remove it.`,
      ),
  ]
}

function compare(
  event: StorageEvent,
  subscription: SnapshotResource,
  media: SnapshotResource | undefined,
): string[] {
  const { properties } = subscription
  const destination = ['deliveryWithResourceIdentity', 'destination'] as const
  const filters = (valueAt(properties, 'filter', 'advancedFilters') ?? []) as readonly unknown[]
  const apis = filters.find((filter) => valueAt(filter, 'key') === 'data.api')
  const expectations: [string, unknown, unknown][] = [
    ['eventDeliverySchema', valueAt(properties, 'eventDeliverySchema'), 'CloudEventSchemaV1_0'],
    ['filter.includedEventTypes', valueAt(properties, 'filter', 'includedEventTypes'), [event.eventType]],
    [
      'filter.subjectBeginsWith',
      valueAt(properties, 'filter', 'subjectBeginsWith'),
      `/blobServices/default/containers/${event.container}/`,
    ],
    ['advanced filters', filters.length, 1],
    ['operator of the filter on data.api', valueAt(apis, 'operatorType'), 'StringIn'],
    ['values of the filter on data.api', valueAt(apis, 'values'), event.apis],
    ['kind of destination', valueAt(properties, ...destination, 'endpointType'), 'StorageQueue'],
    ['queue', valueAt(properties, ...destination, 'properties', 'queueName'), event.queue],
  ]
  const differences = expectations
    .filter(([, actual, expected]) => JSON.stringify(actual) !== JSON.stringify(expected))
    .map(
      ([what, actual, expected]) =>
        `The event subscription ${event.name}: ${what} is ${JSON.stringify(actual)}, and must be ${JSON.stringify(expected)}.`,
    )
  const isElsewhere = !isSameId(valueAt(properties, ...destination, 'properties', 'resourceId'), media?.id)
  return [
    ...differences,
    ...(isElsewhere
      ? [`The event subscription ${event.name} must deliver to the queues of the media storage account.`]
      : []),
    ...['deliveryWithResourceIdentity', 'deadLetterWithResourceIdentity']
      .filter(
        (way) => !/^(?:System|User)Assigned$/.test(String(valueAt(properties, way, 'identity', 'type'))),
      )
      .map(
        (way) =>
          `The event subscription ${event.name} must deliver with an identity, without a key (${way}).`,
      ),
    ...(isKept(valueAt(properties, ...destination, 'properties', 'queueMessageTimeToLiveInSeconds'))
      ? []
      : [`The event subscription ${event.name} must let its messages live for ${messageDays} days or more.`]),
    ...(isSameId(
      valueAt(
        properties,
        'deadLetterWithResourceIdentity',
        'deadLetterDestination',
        'properties',
        'resourceId',
      ),
      media?.id,
    )
      ? []
      : [`The event subscription ${event.name} must keep dead letters in the media storage account.`]),
    ...(deadLetterOf(subscription)
      ? []
      : [
          `The event subscription ${event.name} needs a container for dead letters: else what cannot be delivered is lost.`,
        ]),
  ]
}

/** -1: for ever; nothing: seven days. */
function isKept(seconds: unknown): boolean {
  return seconds === undefined || seconds === -1 || Number(seconds) >= messageDays * 24 * 3600
}

function isSameId(value: unknown, id: string | undefined): boolean {
  return typeof value === 'string' && value.toLowerCase() === id?.toLowerCase()
}
