import type { IncomingMessage, ServerResponse } from 'node:http'

import { answerEmpty } from './answer-empty.ts'

/** How fast bodies have to come. */
export interface BodyRate {
  /** Least bytes per second. */
  readonly leastBytesPerSecond: number
  /** How often the rate is looked at, and for how long it may be too low, ms. */
  readonly graceMs: number
}

interface Watched {
  readonly response: ServerResponse
  /** What its connection had read when it was last looked at. */
  bytesRead: number
  /** Whether anybody was waiting for the body then. */
  isWanted: boolean
}

/** Sends clients away that send their bodies by the drop, to hold connections and functions. */
export class SlowBodies {
  readonly #rate: BodyRate
  readonly #watched = new Map<IncomingMessage, Watched>()
  #timer: NodeJS.Timeout | undefined

  constructor(rate: BodyRate) {
    this.#rate = rate
  }

  /** Watches a request with a body until it is there. */
  watch(request: IncomingMessage, response: ServerResponse): void {
    this.#watched.set(request, { response, bytesRead: request.socket.bytesRead, isWanted: false })
    const forget = (): void => void this.#watched.delete(request)
    request.once('end', forget).once('close', forget)
    this.#timer ??= setInterval(() => this.#look(), this.#rate.graceMs).unref()
  }

  #look(): void {
    const least = (this.#rate.leastBytesPerSecond * this.#rate.graceMs) / 1000
    for (const [request, watched] of this.#watched) {
      const { bytesRead } = request.socket
      const isSlow = watched.isWanted && bytesRead - watched.bytesRead < least
      // What nobody reads is not the client's fault.
      watched.isWanted = request.readableFlowing === true
      watched.bytesRead = bytesRead
      if (isSlow && watched.isWanted) refuse(request, watched.response)
    }
    if (this.#watched.size > 0) return
    clearInterval(this.#timer)
    this.#timer = undefined
  }
}

function refuse(request: IncomingMessage, response: ServerResponse): void {
  if (response.headersSent) return void request.socket.destroy()
  response.once('finish', () => request.socket.destroy())
  answerEmpty(response, 408, { connection: 'close' })
}
