import { randomBytes } from 'node:crypto'

const traceIdDigits = 32
const idDigits = traceIdDigits + 16

/** Random digits for many ids: each call for them costs more than an invocation may. */
const digitsAtOnce = idDigits * 256
let digits = ''
let used = 0

/** A new `traceparent` (W3C trace context), sampled. */
export function newTraceParent(): string {
  if (used === digits.length) {
    digits = randomBytes(digitsAtOnce / 2).toString('hex')
    used = 0
  }
  const spanBegin = used + traceIdDigits
  const traceId = digits.slice(used, spanBegin)
  used += idDigits
  return `00-${traceId}-${digits.slice(spanBegin, used)}-01`
}
