import { builtInHttp } from './action.ts'
import { activityFailure, activityResult } from './activity-text.ts'
import { callHttp } from './call-http.ts'
import { type Failure, taskEnded } from './history-event.ts'
import { type HubContext, limitOf } from './hub-context.ts'
import type { Inboxes } from './inboxes.ts'
import type { ActivityKey, ActivityRow } from './activity-row.ts'
import { lostWorkerDelayMs, WorkQueue } from './work-queue.ts'

/** The queue of activities: each runs until it has an end, however many workers or hosts it costs. */
export function createActivityQueue(hub: HubContext, inboxes: Inboxes): WorkQueue<ActivityKey> {
  return new WorkQueue(
    { limit: limitOf(hub, hub.settings.maxConcurrentActivities), clock: hub.time.clock },
    async (key, tries) => {
      const row = hub.store.activity(key)
      if (row === undefined) return undefined
      const isTwice = hub.chaos.strikes('activity twice', () => `${row.name} ${row.task_id} ${row.input}`)
      const end = await (isTwice ? firstOfTwo(() => runActivity(hub, row)) : runActivity(hub, row))
      if (end === undefined) {
        hub.options.log(
          'warning',
          `The worker was lost during activity '${row.name}' of ${row.instance_id}: it runs again.`,
        )
        return lostWorkerDelayMs(tries)
      }
      inboxes.end(row, taskEnded(hub.time.nowText(), row.task_id, end))
      return undefined
    },
  )
}

/** Runs twice at once, as an activity does whose instance was taken for dead: the first answer holds. */
async function firstOfTwo<End>(run: () => Promise<End | undefined>): Promise<End | undefined> {
  const ends: End[] = []
  const note = async (): Promise<void> => {
    const end = await run()
    if (end !== undefined) ends.push(end)
  }
  await Promise.all([note(), note()])
  return ends[0]
}

async function runActivity(
  hub: HubContext,
  row: ActivityRow,
): Promise<{ result: string | null } | { failure: Failure } | undefined> {
  if (row.name === builtInHttp) {
    const end = await callHttp(row.input)
    if ('setsCookies' in end && end.setsCookies)
      hub.differences.tell(
        'Cookies of a callHttp were not kept; Azure would send them in the calls of all instances.',
      )
    return end
  }
  const functionName = hub.names.find('activity', row.name)
  if (functionName === undefined) {
    return {
      failure: {
        reason: hub.names.refusal('activity', row.name) ?? '',
        details: 'Azure would wait for ever.',
      },
    }
  }
  const answer = await hub.options.invoke({
    functionName,
    kind: 'activity',
    instanceId: row.instance_id,
    input: row.input,
  })
  if (answer.ok) return { result: activityResult(answer.value) }
  if (answer.workerLost === true) return undefined
  return { failure: activityFailure(row.name, answer.message, answer.stack) }
}
