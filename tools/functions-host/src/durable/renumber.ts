import type { HistoryEvent } from './history-event.ts'

/**
 * Gives the tasks of a history the ids that they get when the tasks of `gone` are never made: everything after these moves up.
 * @returns id -> id, for ids of tasks that stay
 */
export function renumbering(gone: Iterable<number>): (id: number) => number {
  const sorted = [...gone].toSorted((a, b) => a - b)
  return (id) => id - sorted.filter((each) => each < id).length
}

/** The event with the ids of its tasks moved; the same object where nothing moves. */
export function renumber(event: HistoryEvent, move: (id: number) => number): HistoryEvent {
  const moved = { ...event }
  if (event.EventId >= 0) moved.EventId = move(event.EventId)
  if (event.TaskScheduledId !== undefined) moved.TaskScheduledId = move(event.TaskScheduledId)
  if (event.TimerId !== undefined) moved.TimerId = move(event.TimerId)
  const isSame =
    moved.EventId === event.EventId &&
    moved.TaskScheduledId === event.TaskScheduledId &&
    moved.TimerId === event.TimerId
  return isSame ? event : moved
}
