import type { FunctionFigures } from './function-metrics.ts'
import { FunctionMetrics } from './function-metrics.ts'
import type { InvocationResult } from '../worker/function-worker.ts'

/** Counts the runs of an app's functions, through every restart of it. */
export class AppMetrics {
  readonly #functions = new Map<string, FunctionMetrics>()

  /** Counts a run from its begin to its end. */
  async count(functionName: string, run: Promise<InvocationResult>): Promise<InvocationResult> {
    const metrics = this.#of(functionName)
    const startedAt = performance.now()
    metrics.begin()
    const result = await run
    metrics.end(performance.now() - startedAt, Date.now(), result.ok ? undefined : result.message)
    return result
  }

  /** The figures of a function. */
  read(functionName: string): FunctionFigures {
    return this.#of(functionName).read(Date.now())
  }

  #of(functionName: string): FunctionMetrics {
    const known = this.#functions.get(functionName)
    if (known) return known
    const metrics = new FunctionMetrics()
    this.#functions.set(functionName, metrics)
    return metrics
  }
}
