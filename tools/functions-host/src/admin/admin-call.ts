import type { IncomingMessage, ServerResponse } from 'node:http'

import type { AppHost } from '../app-host.ts'

/** A request to the admin door. */
export interface AdminCall {
  readonly app: AppHost
  readonly request: IncomingMessage
  readonly response: ServerResponse
  /** What the path names: a function, a set of keys, a key. */
  readonly names: readonly string[]
}
