/** Names of every durable function. A test holds that each one called is registered: an unknown one hangs for ever on the real extension. */
export const durableNames = {
  runJob: 'run-job',
  alarm: 'alarm',
  claimRun: 'claim-run',
  look: 'look',
  setAlarm: 'set-alarm',
  wake: 'wake',
} as const

/** The one event that an orchestration waits for. */
export const wakeEvent = 'wake'

/** Instance id of a run: one orchestration per job and run. */
export function instanceIdOf(jobId: string, run: number): string {
  return `${jobId}.${run}`
}

/** Input of `run-job`, and of each of its activities. */
export interface RunInput {
  readonly tenantId: string
  readonly jobId: string
  readonly run: number
  readonly instanceId: string
}

/** Result of `claim-run`. */
export interface Claim {
  readonly isClaimed: boolean
}

/** Result of `look`. `alarmAt`: when to be woken at the latest. */
export interface Look {
  readonly isEnded: boolean
  readonly alarmAt: string
}

/** Input of `alarm`. */
export interface AlarmInput {
  readonly instanceId: string
  readonly dueAt: string
}
