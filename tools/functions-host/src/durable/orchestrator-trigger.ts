/** The schema of answers that was recorded. */
export const schemaV3 = 2

/** Adds locks of entities to it. */
export const schemaV4 = 3

/**
 * What the SDK says to code that locks entities under schema V3. That is the schema that was recorded; V4 adds locks to it, and is
 * offered to orchestrators that have asked for them.
 */
const lockNeedsV4 = /\block requires a Durable Functions extension that supports OOProc schema V4/

/** Whether an orchestrator's failure asks for schema V4. */
export function asksForV4(message: string): boolean {
  return lockNeedsV4.test(message)
}

/** One call of an orchestrator's code. */
export interface OrchestratorCall {
  readonly instanceId: string
  /** JSON; null: none. */
  readonly input: string | null
  readonly parentInstanceId: string | null
  /** Whether an episode has run before. */
  readonly isReplaying: boolean
  readonly schema: number
  readonly httpPollDelayMs: number
}

/** The text that triggers an orchestrator: its whole history and what is new, as texts of events. */
export function orchestratorTrigger(history: readonly string[], call: OrchestratorCall): string {
  const rest = {
    instanceId: call.instanceId,
    isReplaying: call.isReplaying,
    parentInstanceId: call.parentInstanceId,
    upperSchemaVersion: 1,
    upperSchemaVersionNew: call.schema,
    longRunningTimerIntervalDuration: '3.00:00:00',
    maximumShortTimerDuration: '6.00:00:00',
    defaultHttpAsyncRequestSleepTimeMillseconds: call.httpPollDelayMs,
  }
  return `{"history":[${history.join(',')}],"input":${call.input ?? 'null'},${JSON.stringify(rest).slice(1)}`
}
