import type {
  ErrorBody,
  JobDocument,
  ProbeFacts,
  TaskDocument,
  WorkflowDefinition,
} from '@zoetrope/contracts'
import {
  deriveId,
  err,
  isRetried,
  ProbeFacts as ProbeFactsSchema,
  systemTenantId,
  toErrorBody,
  WorkflowVersionDocument,
  ZoetropeError,
} from '@zoetrope/contracts'
import type { JobEnding, LookDecision, PlannedTask } from '@zoetrope/domain'
import { decideLook, isJobEnded, planProbe, planTasks } from '@zoetrope/domain'
import type { BatchOperation } from '@zoetrope/store'
import { eventOperation, newDocument } from '@zoetrope/store'

import { admitTasks, releaseSlots, resendTask } from './admission.ts'
import { idsOf } from './claim-run.ts'
import type { Look, RunInput } from './durable-names.ts'
import { finishJob } from './finish-job.ts'
import { readJob } from './read-job.ts'
import { recordTaskChange } from './record-metrics.ts'
import { inputsOf } from './task-inputs.ts'
import type { Deps } from './wiring.ts'

/** Lost races before a look gives up and leaves the job to its next wake. */
const maxRounds = 20
/** An alarm is due at least this much later than now, ms. */
const soonestAlarmMs = 1_000

/**
 * Looks at a job: reads its documents, decides by the rules of domain, writes what follows, hands ready tasks to admission.
 * Every round begins with a read and writes conditionally, so a look that is repeated, or runs beside another, changes nothing twice.
 */
export async function lookAtJob(deps: Deps, input: RunInput): Promise<Look> {
  for (let round = 0; round < maxRounds; round += 1) {
    const { job, tasks } = await readJob(deps, input.tenantId, input.jobId)
    if (job.run !== input.run || isJobEnded(job.state)) return ended()
    const now = deps.now()
    const decision = decideLook(job, tasks, now, deps.settings)
    if (!(await writeChanges(deps, job, decision))) continue
    const step = await follow(deps, { job, tasks, decision })
    if (step === 'ended') return ended()
    if (step === 'again') continue
    const alarmMs = Math.max(decision.nextLookAt.getTime(), now.getTime() + soonestAlarmMs)
    return { isEnded: false, alarmAt: new Date(alarmMs).toISOString() }
  }
  return { isEnded: false, alarmAt: new Date(deps.now().getTime() + soonestAlarmMs).toISOString() }
}

interface Situation {
  readonly job: JobDocument
  readonly tasks: readonly TaskDocument[]
  readonly decision: LookDecision
}

async function follow(deps: Deps, { job, tasks, decision }: Situation): Promise<'ended' | 'again' | 'waits'> {
  switch (decision.next) {
    case 'ended':
      return 'ended'
    case 'finish':
      return end(deps, job, decision.ending ?? { state: 'failed' })
    case 'probe':
    case 'plan':
      return plan(deps, { job, tasks, decision })
    case 'work':
      for (const task of decision.resend) await resendTask(deps, task)
      return makeReady(deps, { job, tasks, decision })
  }
}

async function end(deps: Deps, job: JobDocument, ending: JobEnding): Promise<'ended' | 'again'> {
  return (await finishJob(deps, job, ending)) ? 'ended' : 'again'
}

/** Makes the tasks of the next part of the plan. A plan that cannot be made ends the job. */
async function plan(deps: Deps, { job, tasks, decision }: Situation): Promise<'again' | 'ended'> {
  let planned: readonly PlannedTask[]
  try {
    const definition = await readDefinition(deps, job)
    planned = decision.next === 'probe' ? [planProbe(definition)] : planTasks(definition, readFacts(tasks[0]))
  } catch (thrown) {
    if (thrown instanceof ZoetropeError && !isRetried(thrown.category))
      return end(deps, job, { state: 'failed', error: toErrorBody(thrown) })
    throw thrown
  }
  if (planned.length === 0) return end(deps, job, { state: 'failed', error: nothingToDo() })
  const documents = planned.map((task, index) =>
    toTaskDocument(job, task, { order: tasks.length + index, now: deps.now() }),
  )
  const operations = documents.map((document): BatchOperation => ({ type: 'create', document }))
  // "exists": an earlier try of this look wrote the same tasks; the next round finds them.
  await deps.store.jobs.batch([job.tenantId, job.jobId], operations)
  return 'again'
}

/** Fills in the inputs of tasks whose needs are met, then lets admission send what has a place. */
async function makeReady(deps: Deps, { job, tasks, decision }: Situation): Promise<'again' | 'waits'> {
  const now = deps.now().toISOString()
  for (const task of decision.ready.filter((candidate) => !candidate.readyAt)) {
    const document = { ...task, inputs: inputsOf(job, task, tasks), readyAt: now, updatedAt: now }
    if ((await deps.store.jobs.replace([job.tenantId, job.jobId], document)) !== 'replaced') return 'again'
  }
  for (const queue of new Set(decision.ready.map((task) => task.queue))) await admitTasks(deps, queue)
  await writeNextLook(deps, job, decision.nextLookAt)
  return 'waits'
}

/** When the next look is due, for the sweep that wakes whoever missed it. */
async function writeNextLook(deps: Deps, job: JobDocument, nextLookAt: Date): Promise<void> {
  const document: JobDocument = { ...job, nextLookAt: nextLookAt.toISOString() }
  await deps.store.jobs.replace([job.tenantId, job.jobId], document)
}

/** Writes tasks that a look changed, with their events; false when somebody else changed one of them meanwhile. */
async function writeChanges(deps: Deps, job: JobDocument, decision: LookDecision): Promise<boolean> {
  const now = deps.now()
  const written: TaskDocument[] = []
  for (const change of decision.changes) {
    const { task, event } = change
    const operations: BatchOperation[] = [{ type: 'replace', document: task }]
    if (event)
      operations.push(
        eventOperation(
          {
            ...idsOf(job),
            type: event,
            key: [task.id, task.attempt, task.state],
            data: { taskId: task.id, name: task.name },
          },
          now,
        ),
      )
    if ((await deps.store.jobs.batch([job.tenantId, job.jobId], operations)) !== 'written') break
    written.push(task)
    recordTaskChange(deps, change)
  }
  await releaseSlots(deps, written)
  return written.length === decision.changes.length
}

async function readDefinition(deps: Deps, job: JobDocument): Promise<WorkflowDefinition> {
  const id = `${job.workflow.workflowId}.${job.workflow.version}`
  for (const tenantId of [job.tenantId, systemTenantId]) {
    const document = await deps.store.catalog.read(WorkflowVersionDocument, [tenantId], id)
    if (document) return document.definition
  }
  throw err('WORKFLOW_NOT_FOUND', { detail: `There is no workflow ${id}.` })
}

function readFacts(probe: TaskDocument | undefined): ProbeFacts {
  const facts = ProbeFactsSchema.safeParse(probe?.facts)
  if (!facts.success)
    throw err('MESSAGE_INVALID', { detail: 'The probe answered without the facts that a plan needs.' })
  return facts.data
}

function toTaskDocument(
  job: JobDocument,
  planned: PlannedTask,
  made: { readonly order: number; readonly now: Date },
): TaskDocument {
  return {
    ...newDocument(made.now),
    id: deriveId('tsk', job.jobId, job.run, planned.step, planned.index),
    kind: 'task',
    tenantId: job.tenantId,
    jobId: job.jobId,
    assetId: job.assetId,
    run: job.run,
    step: planned.step,
    index: planned.index,
    order: made.order,
    name: planned.name,
    operation: planned.operation,
    queue: planned.queue,
    optional: planned.optional,
    parameters: planned.parameters,
    needs: [...planned.needs],
    inputs: [],
    outputs: [],
    state: 'pending',
    instanceId: job.instanceId ?? '',
    attempt: 0,
    failedAttempts: 0,
    lostAttempts: 0,
  }
}

function nothingToDo(): ErrorBody {
  return toErrorBody(err('SOURCE_NO_STREAMS'))
}

function ended(): Look {
  return { isEnded: true, alarmAt: '' }
}
