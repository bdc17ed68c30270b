import type { CodePlace } from './code-place.ts'

/** What is known of code that would not replay a history: plain data, so that it can cross between threads. */
export interface NonDeterminism {
  readonly message: string
  readonly orchestratorName: string
  readonly instanceId: string
  /** The first one that differs, counted from 1. */
  readonly episode: number
  /** The first action of the history that differs; absent where the history has none there. */
  readonly recorded?: {
    /** Among the actions of the history, counted from 1. */
    readonly number: number
    /** Its sequence number, counted from 0. */
    readonly id: number
    /** As in `the activity "charge"`. */
    readonly description: string
    /** ISO 8601. */
    readonly at: string
  }
  /** What today's code does in its place, as in `calls the activity "reserve"`. */
  readonly now: string
  /** The line of today's code that does it; absent where it cannot be told. */
  readonly place?: CodePlace
}

/** Today's code of an orchestrator does something else than a history has: instances that it began before would fail or go astray. */
export class NonDeterminismError extends Error implements NonDeterminism {
  override readonly name = 'NonDeterminismError'
  readonly orchestratorName: string
  readonly instanceId: string
  readonly episode: number
  readonly recorded?: NonNullable<NonDeterminism['recorded']>
  readonly now: string
  readonly place?: CodePlace

  constructor(details: NonDeterminism) {
    super(details.message)
    this.orchestratorName = details.orchestratorName
    this.instanceId = details.instanceId
    this.episode = details.episode
    if (details.recorded) this.recorded = details.recorded
    this.now = details.now
    if (details.place) this.place = details.place
  }
}
