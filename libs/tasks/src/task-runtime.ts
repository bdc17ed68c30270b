import type { TaskMessage, ZoetropeError } from '@zoetrope/contracts'

import type { BlobPort } from './blob-port.ts'
import type { ChildPool } from './child-pool.ts'
import type { Operation } from './operation.ts'
import type { QueuePort } from './queue-port.ts'

/** What tasks run with: made once per app, in its `wiring.ts`. */
export interface TaskRuntime {
  readonly operations: readonly Operation[]
  readonly blobs: (container: string) => BlobPort
  readonly queue: QueuePort
  readonly children: ChildPool
  readonly settings: TaskSettings
  /** Milliseconds since 1970; the system's clock by default. */
  readonly now?: () => number
  /** Hears of every task that failed, with its cause: for the log. */
  readonly onFailure?: (error: ZoetropeError, message: TaskMessage) => void
}

/** Settings of a worker. */
export interface TaskSettings {
  /** A task says that it lives at least this often. */
  readonly heartbeatMs: number
  /** Between two heartbeats, progress is said at most this often. */
  readonly progressMs: number
  /** Folder for what is downloaded and made; a task's own folder under it is removed with the task. */
  readonly scratchRoot: string
  readonly maxSourceBytes: number
}
