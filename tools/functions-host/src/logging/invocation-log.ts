import { toThrownText } from '../durable/orchestrator-answer.ts'
import type { Log } from './log.ts'
import type { InvocationRequest } from '../trigger.ts'
import type { InvocationResult } from '../worker/function-worker.ts'

/** Logs the runs of one function, in the words of the real host. Texts that are not shown are not made. */
export class InvocationLog {
  readonly #functionName: string
  readonly #log: Log
  readonly #category: string

  constructor(functionName: string, log: Log) {
    this.#functionName = functionName
    this.#log = log
    this.#category = `Function.${functionName}`
  }

  /** A run begins. */
  begin({ reason, triggerDetails }: InvocationRequest, invocationId: string): void {
    if (!this.#isInfoShown) return
    this.#log(
      'info',
      `Executing 'Functions.${this.#functionName}' (Reason='${reason}', Id=${invocationId})`,
      this.#category,
    )
    if (triggerDetails) this.#log('info', toDetails(triggerDetails), this.#category)
  }

  /** A run has ended. */
  end(result: InvocationResult, invocationId: string, durationMs: number): void {
    if (result.ok && !this.#isInfoShown) return
    const ended = `Executed 'Functions.${this.#functionName}' (${result.ok ? 'Succeeded' : 'Failed'}, Id=${invocationId}, Duration=${Math.round(durationMs)}ms)`
    if (result.ok) this.#log('info', ended, this.#category)
    else this.#log('error', `${ended}\n${toFailure(this.#functionName, result)}`, this.#category)
  }

  get #isInfoShown(): boolean {
    return this.#log.isShown?.('info', this.#category) ?? true
  }
}

/** What set a function off. */
function toDetails(details: NonNullable<InvocationRequest['triggerDetails']>): string {
  const fields = Object.entries(details).map(([name, value]) => `${name}: ${value}`)
  return `Trigger Details: ${fields.join(', ')}`
}

/** Why a function failed. */
function toFailure(name: string, { message, stack }: { message: string; stack: string }): string {
  const [exception = '', trace = ''] = [message, stack].map((text) =>
    toThrownText(text).trim().slice(0, 2000),
  )
  return `Exception while executing function: Functions.${name}. Result: Failure\nException: ${exception}\nStack: ${trace}`
}
