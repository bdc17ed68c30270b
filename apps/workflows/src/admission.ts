import type { TaskMessage } from '@zoetrope/contracts'
import { systemTenantId, taskContractVersion, TaskDocument } from '@zoetrope/contracts'
import type { Slot } from '@zoetrope/domain'
import { chooseNext, move, taskMoves } from '@zoetrope/domain'
import { newDocument } from '@zoetrope/store'
import { z } from 'zod'

import type { Deps } from './wiring.ts'

/** Candidates read at once. */
const maxCandidates = 200

/** The places of one queue, guarded by its etag: whoever loses the race reads again. Lives under the system tenant in `catalog`. */
const AdmissionDocument = z.object({
  id: z.string(),
  kind: z.literal('admission'),
  schemaVersion: z.int(),
  tenantId: z.string(),
  createdAt: z.string(),
  updatedAt: z.string(),
  _etag: z.string().optional(),
  lastTenantId: z.string(),
  slots: z.array(
    z.object({
      taskId: z.string(),
      attempt: z.int(),
      tenantId: z.string(),
      jobId: z.string(),
      expiresAt: z.string(),
    }),
  ),
})
type AdmissionDocument = z.infer<typeof AdmissionDocument>

/** Gives the free places of a queue to waiting tasks, tenants in turn, and sends them. Repeats are harmless. */
export async function admitTasks(deps: Deps, queue: string): Promise<void> {
  for (;;) {
    const admission = await readAdmission(deps, queue)
    const now = deps.now()
    const found = await findWaiting(deps, queue, now)
    const kept = await withoutExpired(deps, admission.slots, now)
    const slots = withoutAbandoned(deps, { slots: kept, waiting: found, now })
    // One that has a place is being sent by somebody else right now.
    const held = new Set(slots.map((slot) => slot.taskId))
    const waiting = found.filter((task) => !held.has(task.id))
    const chosen = chooseNext(waiting, deps.settings.slotsPerQueue - slots.length, admission.lastTenantId)
    if (chosen.length === 0) return
    const expiresAt = new Date(now.getTime() + deps.settings.slotLeaseMs).toISOString()
    const leased = chosen.map((task): Slot => ({
      taskId: task.id,
      attempt: task.attempt + 1,
      tenantId: task.tenantId,
      jobId: task.jobId,
      expiresAt,
    }))
    const next = {
      ...admission,
      slots: [...slots, ...leased],
      lastTenantId: chosen.at(-1)?.tenantId ?? '',
      updatedAt: now.toISOString(),
    }
    if ((await deps.store.catalog.replace([systemTenantId], next)) !== 'replaced') continue
    await Promise.all(chosen.map((task) => dispatch(deps, task)))
    return
  }
}

/** Frees the places of attempts that have ended, and gives them to others. */
export async function releaseSlots(deps: Deps, tasks: readonly TaskDocument[]): Promise<void> {
  for (const [queue, ended] of Map.groupBy(tasks, (task) => task.queue)) {
    await freeSlots(deps, queue, new Set(ended.map((task) => task.id)))
    await admitTasks(deps, queue)
  }
}

/** Sends the current attempt of a task once more: it was sent, and never begun. The document first, so that one look sends it. */
export async function resendTask(deps: Deps, task: TaskDocument): Promise<void> {
  const now = deps.now()
  const again: TaskDocument = {
    ...task,
    dispatchedAt: now.toISOString(),
    deadlineAt: new Date(now.getTime() + deps.settings.taskDeadlineMs).toISOString(),
  }
  if ((await deps.store.jobs.replace([task.tenantId, task.jobId], again)) === 'replaced')
    await sendTask(deps, again)
}

/** Sends the message of a task's current attempt. */
async function sendTask(deps: Deps, task: TaskDocument): Promise<void> {
  const message: TaskMessage = {
    contractVersion: taskContractVersion,
    taskId: task.id as TaskMessage['taskId'],
    attempt: task.attempt,
    jobId: task.jobId,
    run: task.run,
    tenantId: task.tenantId as TaskMessage['tenantId'],
    operation: task.operation,
    parameters: task.parameters,
    inputs: task.inputs,
    output: { container: 'renditions', prefix: task.tenantId },
    cancelBlob: { container: 'work', blob: cancelBlobOf(task) },
    deadlineAt:
      task.deadlineAt ?? new Date(deps.now().getTime() + deps.settings.taskDeadlineMs).toISOString(),
  }
  await deps.queues.send(task.queue, message)
}

/** The blob whose existence tells the workers of a run to stop. */
export function cancelBlobOf(job: {
  readonly tenantId: string
  readonly jobId: string
  readonly run: number
}): string {
  return `${job.tenantId}/${job.jobId}/${job.run}/cancel`
}

/** The document says `dispatched` before the message is sent; a message that was not sent is sent after the dispatch deadline. */
async function dispatch(deps: Deps, task: TaskDocument): Promise<void> {
  const now = deps.now()
  const { progress: _progress, startedAt: _startedAt, lastHeardAt: _lastHeardAt, ...rest } = task
  const dispatched: TaskDocument = {
    ...rest,
    state: move(taskMoves, task.state, 'dispatched'),
    attempt: task.attempt + 1,
    dispatchedAt: now.toISOString(),
    deadlineAt: new Date(now.getTime() + deps.settings.taskDeadlineMs).toISOString(),
    updatedAt: now.toISOString(),
  }
  const outcome = await deps.store.jobs.replace([task.tenantId, task.jobId], dispatched)
  if (outcome === 'replaced') return sendTask(deps, dispatched)
  // Canceled or ended meanwhile: its place is free again. One that somebody else has sent keeps it.
  const current = await deps.store.jobs.read(TaskDocument, [task.tenantId, task.jobId], task.id)
  if (!current || !isWithWorker(current)) await freeSlots(deps, task.queue, new Set([task.id]))
}

function isWithWorker(task: TaskDocument): boolean {
  return task.state === 'dispatched' || task.state === 'running'
}

async function freeSlots(deps: Deps, queue: string, taskIds: ReadonlySet<string>): Promise<void> {
  for (;;) {
    const admission = await readAdmission(deps, queue)
    const slots = admission.slots.filter((slot) => !taskIds.has(slot.taskId))
    if (slots.length === admission.slots.length) return
    const next: AdmissionDocument = { ...admission, slots }
    if ((await deps.store.catalog.replace([systemTenantId], next)) === 'replaced') return
  }
}

/** Drops places whose lease is over, unless their task is with a worker after all. */
async function withoutExpired(deps: Deps, slots: readonly Slot[], now: Date): Promise<Slot[]> {
  const kept = await Promise.all(
    slots.map(async (slot) => {
      if (slot.expiresAt > now.toISOString()) return [slot]
      const task = await deps.store.jobs.read(TaskDocument, [slot.tenantId, slot.jobId], slot.taskId)
      if (!task || !isWithWorker(task)) return []
      return [{ ...slot, expiresAt: new Date(now.getTime() + deps.settings.slotLeaseMs).toISOString() }]
    }),
  )
  return kept.flat()
}

/** Drops places of waiting tasks whose attempt has ended, or whose sender took a place and died before it sent them. */
function withoutAbandoned(
  deps: Deps,
  { slots, waiting, now }: { slots: readonly Slot[]; waiting: readonly TaskDocument[]; now: Date },
): Slot[] {
  const { slotLeaseMs, silenceMs } = deps.settings
  const attempts = new Map(waiting.map((task) => [task.id, task.attempt]))
  return slots.filter((slot) => {
    const attempt = attempts.get(slot.taskId)
    if (attempt === undefined) return true
    const leasedMs = Date.parse(slot.expiresAt) - slotLeaseMs
    return slot.attempt > attempt && now.getTime() < leasedMs + silenceMs
  })
}

/** Waiting tasks, oldest first; where one tenant's fill a page, also those of the others, so that nobody stands behind its ten thousand. */
async function findWaiting(deps: Deps, queue: string, now: Date): Promise<TaskDocument[]> {
  const found: TaskDocument[] = []
  for (;;) {
    const seen = [...new Set(found.map((task) => task.tenantId))]
    const page = await deps.store.jobs.queryAllTenants(TaskDocument, {
      text: `SELECT * FROM c WHERE c.kind = 'task' AND c.state = 'pending' AND c.queue = @queue AND IS_DEFINED(c.readyAt)
        AND (NOT IS_DEFINED(c.notBefore) OR c.notBefore <= @now) AND NOT ARRAY_CONTAINS(@seen, c.tenantId)
        ORDER BY c.createdAt`,
      parameters: { queue, now: now.toISOString(), seen },
      limit: maxCandidates,
    })
    found.push(...page)
    if (page.length < maxCandidates) return found
  }
}

async function readAdmission(deps: Deps, queue: string): Promise<AdmissionDocument> {
  const id = `admission.${queue}`
  for (;;) {
    const found = await deps.store.catalog.read(AdmissionDocument, [systemTenantId], id)
    if (found) return found
    const fresh: AdmissionDocument = {
      ...newDocument(deps.now()),
      id,
      kind: 'admission',
      tenantId: systemTenantId,
      lastTenantId: '',
      slots: [],
    }
    await deps.store.catalog.create([systemTenantId], fresh)
  }
}
