import type { Call } from './call.ts'
import type { Request, Response } from './exchange.ts'

/** One operation of the service. The first route whose method, path and condition fit a request answers it. */
export interface Route {
  /** Names the operation, in the reference and in its contract tests. */
  operation: string
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Parts in braces are ids: `/dbs/{database}`. */
  path: string
  /** What else tells this operation from others at the same path: a header. */
  when?: (request: Request) => boolean
  handle: (call: Call) => Response | Promise<Response>
}
