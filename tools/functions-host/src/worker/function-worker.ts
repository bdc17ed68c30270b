import type { IncomingMessage, ServerResponse } from 'node:http'

import type { RequestHandler } from './library-server.ts'
import type { FunctionMetadata, Invocation, InvocationOutcome } from './protocol.ts'

/** An invocation whose worker died or was killed: nobody knows how far it came. */
export interface LostInvocation {
  readonly ok: false
  readonly lost: true
  readonly message: string
  readonly stack: string
  /** The worker crashed or hung, by this invocation or by another one that it ran; false when somebody else ended it. */
  readonly isSuspect: boolean
}

/** How an invocation ended. */
export type InvocationResult = InvocationOutcome | LostInvocation

/** What is said of an invocation whose worker has ended. */
export function lostResult(reason: string, { isSuspect = false } = {}): LostInvocation {
  return {
    ok: false,
    lost: true,
    message: `The worker process was lost (${reason}).`,
    stack: '',
    isSuspect,
  }
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
  /** Asks whether it still answers: resolves with the memory that it takes, bytes, and never when it hangs. Absent where that cannot be asked. */
  ping?(): Promise<number>
  /** Ends the worker at once; what it was running is lost. `fault`: what it did wrong, which makes all that it ran suspect. */
  kill(fault?: string): void
  /** Lets the app say goodbye, then ends the worker. */
  close(graceMs: number): Promise<void>
}
