import type { OpenFeed, RangeReading } from './follow-range.ts'
import { iteratorOptions } from './follow-range.ts'

/** Counts the changes of a range that its function has not handled yet, a batch that runs included; up to a number. */
export async function countChanges(
  { container, settings }: OpenFeed,
  { lease, range }: Pick<RangeReading, 'lease' | 'range'>,
  most: number,
): Promise<number> {
  // Where "now" was is not known before the first look.
  const isUnread = lease.document.ContinuationToken === null
  if (isUnread && !settings.startFromBeginning && !settings.startFromTime) return 0
  const options = await iteratorOptions(settings, { lease, range })
  const iterator = container.items.getChangeFeedIterator<unknown>({ ...options, maxItemCount: most })
  const page = await iterator.readNext()
  return page.statusCode === 304 ? 0 : page.count
}
