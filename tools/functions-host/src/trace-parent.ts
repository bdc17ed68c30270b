import { randomFillSync } from 'node:crypto'

const traceIdBytes = 16
const spanIdBytes = 8
const idBytes = traceIdBytes + spanIdBytes

/** Random bytes for many ids: each call for them costs more than an invocation may. */
const pool = Buffer.alloc(idBytes * 256)
let usedBytes = pool.byteLength

/** A new `traceparent` (W3C trace context), sampled. */
export function newTraceParent(): string {
  if (usedBytes === pool.byteLength) {
    randomFillSync(pool)
    usedBytes = 0
  }
  const spanBegin = usedBytes + traceIdBytes
  const traceId = pool.toString('hex', usedBytes, spanBegin)
  usedBytes += idBytes
  return `00-${traceId}-${pool.toString('hex', spanBegin, usedBytes)}-01`
}
