import type { OrchestrationContext } from 'durable-functions'
import type { Task } from 'durable-functions'

import type { Claim, Look, RunInput } from '../durable-names.ts'
import { durableNames, wakeEvent } from '../durable-names.ts'

/** The history is replayed at every step, so it is begun anew after this many looks. */
const looksPerGeneration = 50

/**
 * Runs one run of a job: claims it, then looks (an activity that reads, decides, writes), and waits for one event, `wake`.
 * The database is the truth; a wake that comes early, twice or never costs at most one look or the time to the next alarm.
 */
export function* runJob(context: OrchestrationContext): Generator<Task, unknown, unknown> {
  const input = context.df.getInput() as RunInput
  const claim = (yield context.df.callActivity(durableNames.claimRun, input)) as Claim
  if (!claim.isClaimed) return { isClaimed: false }
  for (let looks = 0; looks < looksPerGeneration; looks += 1) {
    const look = (yield context.df.callActivity(durableNames.look, input)) as Look
    if (look.isEnded) return { isClaimed: true }
    yield context.df.callActivity(durableNames.setAlarm, {
      instanceId: input.instanceId,
      dueAt: look.alarmAt,
    })
    yield context.df.waitForExternalEvent(wakeEvent)
  }
  context.df.continueAsNew(input)
  return undefined
}
