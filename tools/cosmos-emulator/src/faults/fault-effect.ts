/** What a fault does to a request that it strikes. */
export interface FaultEffect {
  /** The status to answer; absent to serve the request after the delay. */
  status?: number
  /** `x-ms-substatus` of that answer. */
  substatus?: number
  /** `x-ms-retry-after-ms` of that answer. */
  retryAfterMs?: number
  /** Waits so long, in real time, before anything else. */
  delayMs?: number
  /** Cuts the connection instead of answering. */
  dropsConnection?: boolean
  /** Serves the request, and cuts the connection in the middle of the answer's body. */
  cutsBody?: boolean
  /** Strikes when the request has been served: what it wrote stays, and the caller does not hear of it. */
  isAfterWork?: boolean
}
