import { setTimeout as delay } from 'node:timers/promises'

/** Statuses that the SDK does not retry on writes and that pass by themselves: 408 timeout, 410 moved, 429 throttled, 449 conflict of writes, 503 unavailable. */
const passingStatuses: ReadonlySet<number> = new Set([408, 410, 429, 449, 503])
const maxAttempts = 6
const firstDelayMs = 50

/** HTTP-like status of an error thrown by the Cosmos client; 0 where it has none. */
export function codeOf(error: unknown): number {
  const { code, cause } = error as { code?: unknown; cause?: { code?: unknown } }
  if (typeof code === 'number') return code
  return typeof cause?.code === 'number' ? cause.code : 0
}

/** Runs a write, and again with jittered back-off while its failure is one that passes. Writes here are conditional or idempotent by id. */
export async function retryWrite<T>(write: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await write()
    } catch (error) {
      if (attempt >= maxAttempts || !passingStatuses.has(codeOf(error))) throw error
      await delay(firstDelayMs * 2 ** (attempt - 1) * (0.5 + Math.random()))
    }
  }
}
