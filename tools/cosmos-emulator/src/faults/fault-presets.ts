import type { FaultEffect } from './fault-effect.ts'

/** The faults that callers of the service meet, by name. */
export const faultPresets = {
  /** The container has spent its throughput. */
  throttle: { status: 429, substatus: 3200, retryAfterMs: 10 },
  /** A concurrent write got in the way; nothing was written. */
  retryWith: { status: 449, retryAfterMs: 10 },
  /** No replica answers. */
  unavailable: { status: 503 },
  /** The request took too long; nothing was written. */
  timeout: { status: 408 },
  /** As `timeout`, but the write took effect. */
  timeoutAfterWork: { status: 408, isAfterWork: true },
  serverError: { status: 500 },
  /** The partition key range was split or moved. */
  rangeGone: { status: 410, substatus: 1002 },
  /** The replica has not seen the session's last write yet. */
  sessionNotAvailable: { status: 404, substatus: 1002 },
  /** The region takes no writes. */
  writeForbidden: { status: 403, substatus: 3 },
  slow: { delayMs: 1000 },
  /** The connection ends before the request is served. */
  drop: { dropsConnection: true },
  /** The connection ends when the write has taken effect. */
  dropAfterWork: { dropsConnection: true, isAfterWork: true },
  /** The connection ends in the middle of the answer. */
  cut: { cutsBody: true },
} as const satisfies Record<string, FaultEffect>

/** The name of a usual fault. */
export type FaultPreset = keyof typeof faultPresets
