import type { Container, OperationInput } from '@azure/cosmos'
import type { EventDocument } from '@zoetrope/contracts'
import { err } from '@zoetrope/contracts'

/** Writes outbox events into the event log, numbered per tenant and month, so that a reader never misses a late one. */
export interface EventLogWriter {
  /** Appends events; those that the log holds already are left out. Answers how many were new. */
  append(events: readonly EventDocument[]): Promise<number>
}

/** A batch holds 100 operations; one is the counter. */
const maxEntriesPerBatch = 99

/** Lost races: 404 and 409 and 412 of the item that lost, 424 of the others of its batch. */
const raceStatuses: ReadonlySet<number> = new Set([404, 409, 412, 424])

interface Counter {
  readonly id: string
  readonly next: number
}

/** An event log in the container `events` [/tenantId, /month]. The month is the event's own, so a repeat meets its first copy. */
export function cosmosEventLog(container: Container): EventLogWriter {
  return {
    async append(events) {
      let added = 0
      for (const group of groupByPartition(events).values()) {
        for (let start = 0; start < group.length; start += maxEntriesPerBatch) {
          added += await appendGroup(container, group.slice(start, start + maxEntriesPerBatch))
        }
      }
      return added
    },
  }
}

/** Month of an event, `YYYY-MM`, UTC. */
export function eventMonth(event: Pick<EventDocument, 'time'>): string {
  return event.time.slice(0, 7)
}

function groupByPartition(events: readonly EventDocument[]): Map<string, EventDocument[]> {
  return Map.groupBy(events, (event) => `${event.tenantId}/${eventMonth(event)}`)
}

async function appendGroup(container: Container, events: readonly EventDocument[]): Promise<number> {
  const [first] = events
  if (!first) return 0
  const partitionKey = [first.tenantId, eventMonth(first)]
  for (;;) {
    const present = new Set(await idsPresent(container, partitionKey, events))
    const fresh = events.filter((event) => !present.has(event.id))
    if (fresh.length === 0) return 0
    const { resource: counter, etag } = await container.item('counter', partitionKey).read<Counter>()
    const next = counter?.next ?? 1
    const operations = toOperations(fresh, partitionKey, { next, isNew: !counter, etag })
    const { result } = await container.items.batch(operations, partitionKey)
    if (result?.every((item) => item.statusCode < 300)) return fresh.length
    // Another instance moved the counter or wrote one of these events: read both again. Anything else is for the feed's back-off.
    const fault = result?.find((item) => item.statusCode >= 300 && !raceStatuses.has(item.statusCode))
    if (!result || fault) throw err('STORE_UNAVAILABLE', { context: { batchStatus: fault?.statusCode } })
  }
}

async function idsPresent(
  container: Container,
  partitionKey: string[],
  events: readonly EventDocument[],
): Promise<string[]> {
  const query = {
    query: 'SELECT VALUE c.id FROM c WHERE ARRAY_CONTAINS(@ids, c.id)',
    parameters: [{ name: '@ids', value: events.map((event) => event.id) }],
  }
  const { resources } = await container.items.query<string>(query, { partitionKey }).fetchAll()
  return resources
}

function toOperations(
  events: readonly EventDocument[],
  [tenantId = '', month = '']: readonly string[],
  counter: { readonly next: number; readonly isNew: boolean; readonly etag: string },
): OperationInput[] {
  const advanced = { id: 'counter', kind: 'counter', tenantId, month, next: counter.next + events.length }
  const entries = events.map((event, index): OperationInput => {
    const own = Object.fromEntries(
      Object.entries(event).filter(([name]) => !name.startsWith('_') && name !== 'ttl'),
    )
    return {
      operationType: 'Create',
      resourceBody: { ...own, month, sequence: counter.next + index } as never,
    }
  })
  return [
    counter.isNew
      ? { operationType: 'Create', resourceBody: advanced as never }
      : { operationType: 'Replace', id: 'counter', ifMatch: counter.etag, resourceBody: advanced as never },
    ...entries,
  ]
}
