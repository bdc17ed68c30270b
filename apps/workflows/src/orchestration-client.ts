import type { InvocationContext } from '@azure/functions'
import * as df from 'durable-functions'

import type { RunInput } from './durable-names.ts'
import { durableNames, instanceIdOf, wakeEvent } from './durable-names.ts'

const unended: ReadonlySet<string> = new Set(['Pending', 'Running', 'Suspended', 'ContinuedAsNew'])

/** Says whether an instance of this status has not ended. */
export function isUnended(runtimeStatus: string | undefined): boolean {
  return unended.has(runtimeStatus ?? '')
}

/** Says whether an instance is there and has not ended. */
export async function isAlive(context: InvocationContext, instanceId: string): Promise<boolean> {
  return isUnended((await readStatus(context, instanceId))?.runtimeStatus)
}

/** Status of an instance; undefined when there is none. */
export async function readStatus(
  context: InvocationContext,
  instanceId: string,
): Promise<df.DurableOrchestrationStatus | undefined> {
  try {
    return await df.getClient(context).getStatus(instanceId)
  } catch (error) {
    if (/404|No instance/.test((error as Error).message)) return undefined
    throw error
  }
}

/** Starts the orchestration of a run, unless it is alive. Starting twice at once is harmless: the run is claimed once. */
export async function startRun(
  context: InvocationContext,
  job: { readonly tenantId: string; readonly jobId: string; readonly run: number },
): Promise<void> {
  const instanceId = instanceIdOf(job.jobId, job.run)
  if (await isAlive(context, instanceId)) return
  const input: RunInput = { tenantId: job.tenantId, jobId: job.jobId, run: job.run, instanceId }
  try {
    await df.getClient(context).startNew(durableNames.runJob, { instanceId, input })
  } catch (error) {
    // Somebody else started it in between.
    if (!(await isAlive(context, instanceId))) throw error
  }
}

/** Wakes an instance; one that has ended or is gone is no error: the sweep starts it again if it is needed. */
export async function wakeInstance(context: InvocationContext, instanceId: string): Promise<void> {
  try {
    await df.getClient(context).raiseEvent(instanceId, wakeEvent, {})
  } catch (error) {
    if (!/404|410|No instance/.test((error as Error).message)) throw error
  }
}

/** Starts the alarm of an instance at a time; its id is made of the time, so it exists once. Ended ones do not count: a timer may have fired early. */
export async function startAlarm(
  context: InvocationContext,
  instanceId: string,
  dueAt: string,
): Promise<void> {
  const alarmId = `${instanceId}.alarm.${Math.ceil(Date.parse(dueAt) / 1000)}`
  if ((await readStatus(context, alarmId)) !== undefined) return
  try {
    await df
      .getClient(context)
      .startNew(durableNames.alarm, { instanceId: alarmId, input: { instanceId, dueAt } })
  } catch (error) {
    if ((await readStatus(context, alarmId)) === undefined) throw error
  }
}
