import type { IncomingMessage, ServerResponse } from 'node:http'

import { answerEmpty } from '../../server/answer-empty.ts'
import type { Log } from '../../logging/log.ts'
import type { FunctionWorker } from '../../worker/function-worker.ts'
import type { RequestHandler } from '../../worker/library-server.ts'
import { isHeaderText } from './join-headers.ts'
import { invocationIdHeader, proxyToWorker } from './stream-proxy.ts'

/** A request that the library's own server answers (`enableHttpStream`). */
export interface LibraryExchange {
  /** Ends the answer of a request whose function has failed. */
  abort(status: number, headers?: Record<string, string>): void
  /** Ends the answer of a function that has succeeded without sending anything. */
  settle(): void
}

/** Passes a request on to the library's own server, wherever it is, and its answer back, both streamed. */
export function passToLibrary(
  request: IncomingMessage,
  response: ServerResponse,
  options: {
    readonly worker: FunctionWorker
    /** Path and query. */
    readonly target: string
    readonly invocationId: string
    readonly log: Log
  },
): LibraryExchange {
  const { worker, target, invocationId, log } = options
  const { takeRequest, httpUri = '' } = worker
  if (takeRequest) return giveToLibrary(request, response, { takeRequest, target, invocationId })
  return proxyToWorker(request, response, { httpUri, target, invocationId, log })
}

/** Gives a request to the library's server in this process, which answers it itself. */
function giveToLibrary(
  request: IncomingMessage,
  response: ServerResponse,
  {
    takeRequest,
    target,
    invocationId,
  }: { takeRequest: RequestHandler; target: string; invocationId: string },
): LibraryExchange {
  const configured = new Set(response.getHeaderNames())
  const setHeader = response.setHeader.bind(response)
  response.setHeader = (name, value) => {
    if (!isHeaderText(String(value))) throw new Error(`The header "${name}" of the answer is not ASCII.`)
    return name.toLowerCase() === invocationIdHeader ? response : setHeader(name, value)
  }
  // The library goes on writing into an answer that has been ended meanwhile.
  response.on('error', () => {})
  Object.assign(request.headers, {
    'x-forwarded-host': request.headers.host ?? 'localhost',
    'x-forwarded-proto': 'http',
    [invocationIdHeader]: invocationId,
  })
  request.url = target
  takeRequest(request, response)

  const abort = (status: number, headers?: Record<string, string>): void => {
    if (response.closed || response.writableEnded) return
    if (response.headersSent) return void response.destroy()
    for (const name of response.getHeaderNames()) if (!configured.has(name)) response.removeHeader(name)
    answerEmpty(response, status, headers)
  }
  return {
    abort,
    settle() {
      if (!response.headersSent) abort(204)
    },
  }
}
