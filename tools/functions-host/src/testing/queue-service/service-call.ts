import type { Metadata } from './metadata.ts'

/** A request to the queue service, of somebody who may ask. */
export interface ServiceCall {
  readonly query: URLSearchParams
  readonly metadata: Metadata
  readonly body: string
  /** Empty where the path names none. */
  readonly queueName: string
  readonly messageId: string
}

/** What the service answers. */
export interface ServiceAnswer {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  /** XML. */
  readonly body?: string
}

/** One thing that can be asked of the service. */
export type Operation<Store> = (call: ServiceCall, store: Store) => ServiceAnswer
