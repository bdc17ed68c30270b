import { randomizedBackoffMs } from './time/randomized-backoff.ts'
import { parseTimeSpan } from './time/time-span.ts'
import type { InvocationRequest, TriggerContext, TriggeredFunction } from './trigger.ts'
import type { FunctionMetadata, RetryPolicy } from './worker/protocol.ts'
import type { InvocationResult } from './worker/function-worker.ts'

/** Waits after a worker was lost, ms: a function may lose every worker that it runs in. */
const lostWorkerBackoff = { shortestMs: 1000, longestMs: 60_000 }

/** The retry policy of a function: its own, else that of host.json. Only timers and change feeds honour it. */
export function retryPolicyOf(
  metadata: FunctionMetadata,
  hostRetry: Readonly<Record<string, unknown>> | undefined,
): RetryPolicy | undefined {
  if (metadata.retryOptions) return metadata.retryOptions
  return hostRetry && readRetryPolicy(hostRetry, 'host.json: retry')
}

/** Reads a `retry` section of host.json or function.json; `where` names it in errors. @throws HostError */
export function readRetryPolicy(section: Readonly<Record<string, unknown>>, where: string): RetryPolicy {
  const seconds = (key: string): number =>
    section[key] === undefined ? 0 : parseTimeSpan(String(section[key]), `${where}.${key}`) / 1000
  return {
    maxRetryCount: Number(section['maxRetryCount'] ?? 0),
    retryStrategy: section['strategy'] === 'exponentialBackoff' ? 'exponentialBackoff' : 'fixedDelay',
    delayIntervalSeconds: seconds('delayInterval'),
    minimumIntervalSeconds: seconds('minimumInterval'),
    maximumIntervalSeconds: seconds('maximumInterval'),
  }
}

/** Delay before the k-th retry (from 1), ms. */
export function retryDelayMs(policy: RetryPolicy, retry: number, random: () => number = Math.random): number {
  if (policy.retryStrategy === 'fixedDelay') return policy.delayIntervalSeconds * 1000
  const shortestMs = policy.minimumIntervalSeconds * 1000
  const longestMs = Math.max(policy.maximumIntervalSeconds * 1000, shortestMs)
  return randomizedBackoffMs(retry - 1, { shortestMs, longestMs }, random)
}

/**
 * Runs a function, and again as its policy says. A lost worker does not count as a try: the function runs again without
 * end, after longer and longer waits. Answers the last result.
 */
export async function invokeWithRetries(
  context: Pick<TriggerContext, 'clock' | 'log' | 'invoke'>,
  target: TriggeredFunction,
  options: {
    readonly request: InvocationRequest
    readonly policy: RetryPolicy | undefined
    /** Aborted when the host stops: what has begun ends, nothing is tried again. */
    readonly signal: AbortSignal
  },
): Promise<InvocationResult> {
  const { policy, request, signal } = options
  let retryContext: InvocationRequest['retryContext']
  let lostInARow = 0
  for (let retry = 0; ;) {
    const result = await context.invoke(target, { ...request, ...(retryContext ? { retryContext } : {}) })
    if (result.ok || signal.aborted) return result
    if ('lost' in result) {
      const delayMs = Math.round(randomizedBackoffMs(lostInARow, lostWorkerBackoff))
      lostInARow += 1
      context.log(
        'warning',
        `${target.metadata.name} lost its worker ${lostInARow} times in a row. It runs again in ${delayMs} ms.`,
      )
      if (!(await context.clock.delay(delayMs, signal))) return result
      continue
    }
    lostInARow = 0
    if (!policy || (policy.maxRetryCount >= 0 && retry >= policy.maxRetryCount)) return result
    retry += 1
    retryContext = {
      retryCount: retry,
      maxRetryCount: policy.maxRetryCount,
      exception: { source: '', message: result.message, stackTrace: result.stack },
    }
    if (!(await context.clock.delay(retryDelayMs(policy, retry), signal))) return result
  }
}
