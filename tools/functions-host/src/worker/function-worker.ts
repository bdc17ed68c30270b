import type { IncomingMessage, ServerResponse } from 'node:http'

import type { RequestHandler } from './library-server.ts'
import type { FunctionMetadata, Invocation, InvocationOutcome } from './protocol.ts'

/** How an invocation ended. `lost`: its worker died or was killed, and nobody knows how far it came. */
export type InvocationResult = InvocationOutcome | { ok: false; message: string; stack: string; lost: true }

/** What is said of an invocation whose worker has ended. */
export function lostResult(reason: string): InvocationResult {
  return { ok: false, lost: true, message: `The worker process was lost (${reason}).`, stack: '' }
}

/** A request that a worker answers itself. */
export interface AdoptedExchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  /** To be called once the body flows, so that its size is watched; any earlier some of it would be lost. */
  readonly onBodyFlows: () => void
}

/** Whatever runs the functions of one app: a process of Node, or a custom handler in any language. */
export interface FunctionWorker {
  /** Process id, for whoever watches or kills it. */
  readonly pid: number | undefined
  readonly functions: readonly FunctionMetadata[]
  /** Where the library's own server takes requests, for apps that stream: `unix:` and the path of a socket, or an address. */
  readonly httpUri: string | undefined
  /** Gives a request to the library's own server, for apps that stream in the host's own process. */
  readonly takeRequest?: RequestHandler | undefined
  /** Number of invocations that run now. */
  readonly running: number
  /** Takes over a request whose function gets it as it is: the invocation of this id, which follows, answers it. False where it does not. */
  adoptRequest?(functionId: string, invocationId: string, exchange: AdoptedExchange): boolean
  /** Runs a function. Never throws: a failure is a result, and so is the death of the worker. */
  invoke(invocation: Invocation): Promise<InvocationResult>
  /** Ends the worker at once; what it was running is lost. */
  kill(): void
  /** Lets the app say goodbye, then ends the worker. */
  close(graceMs: number): Promise<void>
}
