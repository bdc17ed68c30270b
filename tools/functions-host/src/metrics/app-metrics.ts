import type { Clock } from '../time/clock.ts'
import type { FunctionFigures } from './function-metrics.ts'
import { FunctionMetrics } from './function-metrics.ts'

/** Counts the runs of an app's functions, through every restart of it. */
export class AppMetrics {
  readonly #clock: Clock
  readonly #functions = new Map<string, FunctionMetrics>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** The figures of a function as they are now. */
  read(functionName: string): FunctionFigures {
    return this.of(functionName).read(this.#clock.now())
  }

  /** What counts the runs of a function. */
  of(functionName: string): FunctionMetrics {
    const known = this.#functions.get(functionName)
    if (known) return known
    const metrics = new FunctionMetrics()
    this.#functions.set(functionName, metrics)
    return metrics
  }
}
