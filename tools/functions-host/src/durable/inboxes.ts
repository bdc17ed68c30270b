import type { HistoryEvent } from './history-event.ts'
import { HubClosedError, type Journal } from './journal.ts'
import type { ActivityKey, ActivityRow } from './activity-row.ts'
import type { Store } from './store.ts'

/** A message for the next episode of its instance. */
export interface Message {
  readonly seq: number
  readonly isLate: number
  readonly executionId: string | null
  readonly text: string
  readonly event: HistoryEvent
  /** Of an activity's end that is not on disk yet: the activity is, and would run again. */
  readonly activity?: ActivityKey
}

/** What inboxes need of the queue of orchestrations. */
export interface EpisodeQueue {
  /** Whether an episode would run within a moment. */
  canStart(id: string): boolean
  add(id: string): void
}

/**
 * What waits for episodes. All of it is on disk, in the inbox or as the activity that it ends: where an activity's instance is idle, the
 * end goes to disk with the episode that hears it, which halves the writing. Any other end goes to the inbox at once.
 */
export class Inboxes {
  readonly #store: Store
  readonly #journal: Journal
  readonly #queue: EpisodeQueue
  /** Instances that have messages on disk. */
  readonly #filled = new Set<string>()
  readonly #ends = new Map<string, Message[]>()
  #arrived = new Set<string>()

  constructor(store: Store, journal: Journal, queue: EpisodeQueue) {
    this.#store = store
    this.#journal = journal
    this.#queue = queue
  }

  /** An instance has messages on disk. */
  wake(id: string): void {
    this.#filled.add(id)
    this.#queue.add(id)
  }

  /** An activity has ended. Its instance hears that at the end of this turn of the event loop, with whatever else ends in it. */
  end({ instance_id: id, execution_id: executionId, seq }: ActivityRow, event: HistoryEvent): void {
    const activity = { instanceId: id, seq }
    this.#hold(id, [
      { seq: this.#store.nextSeq(), isLate: 1, executionId, text: JSON.stringify(event), event, activity },
    ])
    if (this.#arrived.size === 0) setImmediate(() => this.#tellArrived())
    this.#arrived.add(id)
  }

  /** The messages of an instance, in their order; they must be dropped with the change that follows from them, or given back. */
  take(id: string): Message[] {
    const ends = this.#ends.get(id) ?? []
    if (!this.#filled.has(id)) {
      this.#ends.delete(id)
      return ends
    }
    const messages: Message[] = this.#store.inbox(id).map((row) => ({
      seq: row.seq,
      isLate: row.is_late,
      executionId: row.execution_id,
      text: row.event,
      event: JSON.parse(row.event) as HistoryEvent,
    }))
    this.#filled.delete(id)
    this.#ends.delete(id)
    return ends.length === 0
      ? messages
      : [...messages, ...ends].toSorted((a, b) => a.isLate - b.isLate || a.seq - b.seq)
  }

  /** Takes messages off the disk; to be called inside a change of the journal. */
  drop(id: string, messages: readonly Message[]): void {
    for (const { activity, isLate, seq } of messages)
      if (activity === undefined) this.#store.dropMessages([{ instance_id: id, is_late: isLate, seq }])
      else this.#store.dropActivity(activity)
  }

  /** No episode came of messages that were taken. */
  async giveBack(id: string, messages: readonly Message[]): Promise<void> {
    this.#filled.add(id)
    this.#hold(
      id,
      messages.filter(({ activity }) => activity !== undefined),
    )
    await this.#putDown(id)
  }

  /** Instances with ends that no episode has heard. */
  get size(): number {
    return this.#ends.size
  }

  /** Puts all ends that no episode has heard into the inbox. */
  async settle(): Promise<void> {
    await Promise.all([...this.#ends.keys()].map((id) => this.#putDown(id)))
  }

  #hold(id: string, ends: readonly Message[]): void {
    if (ends.length === 0) return
    const held = this.#ends.get(id)
    if (held === undefined) this.#ends.set(id, [...ends])
    else held.push(...ends)
  }

  #tellArrived(): void {
    const arrived = this.#arrived
    this.#arrived = new Set()
    for (const id of arrived) {
      if (!this.#ends.has(id)) continue
      if (this.#queue.canStart(id)) this.#queue.add(id)
      else void this.#putDown(id)
    }
  }

  /** Puts the ends of an instance's activities into its inbox; where that fails they wait for an episode all the same. */
  async #putDown(id: string): Promise<void> {
    const ends = this.#ends.get(id) ?? []
    this.#ends.delete(id)
    if (ends.length === 0) return
    try {
      await this.#journal.write((effects) => {
        for (const { activity, text, executionId } of ends) {
          // Purged meanwhile: nobody waits for it.
          if (activity === undefined || !this.#store.dropActivity(activity)) continue
          this.#store.send(effects, { instanceId: id, ...(executionId !== null && { executionId }) }, text)
        }
      })
    } catch (error) {
      if (error instanceof HubClosedError) return
      this.#hold(id, ends)
      this.#queue.add(id)
    }
  }
}
