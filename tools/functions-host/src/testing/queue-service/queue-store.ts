import type { Clock } from '../../time/clock.ts'
import { MessageList } from './message-list.ts'
import type { Metadata } from './metadata.ts'
import { isSameMetadata } from './metadata.ts'
import { ServiceError } from './service-error.ts'
import { VisibilityAlarm } from './visibility-alarm.ts'
import type { XmlElements } from './xml.ts'

/** A queue of the account. */
export interface StoredQueue {
  readonly name: string
  readonly messages: MessageList
  metadata: Metadata
}

/** Hears the name of a queue. */
export type QueueObserver = (queueName: string) => void

interface QueueEntry extends StoredQueue {
  readonly alarm: VisibilityAlarm
}

const retention = { Enabled: 'false' }
const noMetrics = { Version: '1.0', Enabled: 'false', RetentionPolicy: retention }

/** The queues of the account, and who is told of what happens in them. */
export class QueueStore {
  readonly #clock: Clock
  readonly #queues = new Map<string, QueueEntry>()
  readonly #visibleObservers = new Set<QueueObserver>()
  readonly #changeObservers = new Set<QueueObserver>()
  /** Of the service, by section. */
  properties: XmlElements = {
    Logging: { Version: '1.0', Delete: 'false', Read: 'false', Write: 'false', RetentionPolicy: retention },
    HourMetrics: noMetrics,
    MinuteMetrics: noMetrics,
    Cors: '',
  }

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Of now, ms since 1970. */
  get nowMs(): number {
    return this.#clock.now()
  }

  /** Makes a queue; false when it is there with the same metadata. @throws ServiceError when it is there with others */
  create(name: string, metadata: Metadata): boolean {
    checkQueueName(name)
    const known = this.#queues.get(name)
    if (known) {
      if (!isSameMetadata(known.metadata, metadata)) throw new ServiceError('QueueAlreadyExists')
      return false
    }
    const messages = new MessageList()
    const alarm = new VisibilityAlarm(this.#clock, () => this.changed(name, true))
    this.#queues.set(name, { name, messages, metadata, alarm })
    this.changed(name, false)
    return true
  }

  /** @throws ServiceError when there is none */
  get(name: string): StoredQueue {
    checkQueueName(name)
    const queue = this.#queues.get(name)
    if (!queue) throw new ServiceError('QueueNotFound')
    return queue
  }

  /** Undefined when there is none. */
  find(name: string): StoredQueue | undefined {
    return this.#queues.get(name)
  }

  /** Removes a queue with all its messages. @throws ServiceError when there is none */
  delete(name: string): void {
    this.get(name)
    this.#queues.get(name)?.alarm.set(undefined)
    this.#queues.delete(name)
    this.changed(name, false)
  }

  /** By name. */
  all(): readonly StoredQueue[] {
    return [...this.#queues.values()].toSorted((left, right) => (left.name < right.name ? -1 : 1))
  }

  /** Something of a queue has changed; `mayBeRead` when a message may have become visible. */
  changed(name: string, mayBeRead: boolean): void {
    const queue = this.#queues.get(name)
    const { nowMs } = this
    // Its time may have come, and the alarm not yet.
    const hasTurnedVisible = (queue?.alarm.dueMs ?? Number.POSITIVE_INFINITY) <= nowMs
    queue?.alarm.set(queue.messages.nextVisibleMs(nowMs))
    for (const observer of this.#changeObservers) observer(name)
    if (!(mayBeRead || hasTurnedVisible) || !queue || queue.messages.visibleCount(nowMs) === 0) return
    for (const observer of this.#visibleObservers) observer(name)
  }

  /** Tells when a queue has a message to be read: one was put or given back, or its time has come. Answers how to end that. */
  onVisible(observer: QueueObserver): () => void {
    this.#visibleObservers.add(observer)
    return () => this.#visibleObservers.delete(observer)
  }

  /** Tells of every change of a queue and its messages. Answers how to end that. */
  onChange(observer: QueueObserver): () => void {
    this.#changeObservers.add(observer)
    return () => this.#changeObservers.delete(observer)
  }

  /** Waits for no time any more. */
  close(): void {
    this.#visibleObservers.clear()
    this.#changeObservers.clear()
    for (const { alarm } of this.#queues.values()) alarm.set(undefined)
  }
}

/** @throws ServiceError when it is none */
function checkQueueName(name: string): void {
  if (name.length < 3 || name.length > 63) throw new ServiceError('OutOfRangeInput')
  if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(name)) throw new ServiceError('InvalidResourceName')
}
