import { type RetryOptions, retryDelayMs } from './action.ts'
import type { RetryTrace } from './decision.ts'
import type { Failure } from './history-event.ts'
import { ReplayTask } from './replay-task.ts'

/** Attempts failed in place of the SDK after a retry timeout: each costs an episode. */
const maxSkippedAttempts = 1_000

/** What a retried call needs of its replay. */
export interface RetrySurroundings {
  /** Makes an attempt; one that is refused fails without running anything. */
  attempt: (refusal: Failure | undefined) => ReplayTask
  timer: (fireAtMs: number) => ReplayTask
  nowMs: () => number
  /** The id that the next task will get. */
  nextId: () => number
  lastFailure: () => Failure
  differs: (text: string) => void
  fail: (text: string) => void
  trace: RetryTrace
}

/**
 * A call that is made again when it fails. Retries are driven here; the SDK only mirrors the ids: failure -> timer -> next attempt, and one idle
 * timer after the last failure.
 */
export function retryTask(given: RetryOptions | undefined, around: RetrySurroundings): ReplayTask {
  const outer = new ReplayTask()
  const options = given ?? { firstRetryIntervalInMilliseconds: 1, maxNumberOfAttempts: 1 }
  const most = Math.max(1, options.maxNumberOfAttempts)
  const startedMs = around.nowMs()
  let givenUp: Failure | undefined
  const run = (attempt: number): void => {
    const id = around.nextId()
    const task = around.attempt(givenUp)
    task.onSettled(() => {
      if (!task.hasFailed) return outer.settle()
      givenUp ??= givesUp(options, startedMs, around)
      if (givenUp !== undefined && most - attempt > maxSkippedAttempts) return around.fail(givenUp.reason)
      const isLast = attempt >= most
      if (isLast) around.trace.idleTimers.push(around.nextId())
      else around.trace.attempts.push(id)
      const delayMs = isLast || givenUp !== undefined ? 0 : retryDelayMs(options, attempt)
      const timer = around.timer(around.nowMs() + delayMs)
      timer.onSettled(() => (isLast ? outer.settle({ failed: true }) : run(attempt + 1)))
    })
  }
  run(1)
  return outer
}

// The SDK goes on only when all attempts have failed, so attempts that are no longer made are failed in its place.
function givesUp(options: RetryOptions, startedMs: number, around: RetrySurroundings): Failure | undefined {
  const timeoutMs = options.retryTimeoutInMilliseconds
  const isOver = timeoutMs !== undefined && around.nowMs() - startedMs > timeoutMs
  if (!isOver && around.lastFailure().failureDetails?.IsNonRetriable !== true) return undefined
  const why = isOver ? 'A retry timeout ran out' : 'A failure was marked non-retriable'
  around.differs(
    `${why} before the attempts did: the call failed; in Azure the instance would stay Running for ever.`,
  )
  return { ...around.lastFailure() }
}
