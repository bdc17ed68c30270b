import { describe, expect, it } from '@jest/globals'
import type { JobDocument, ProbeFacts, TaskDocument, TaskResult } from '@zoetrope/contracts'
import { deriveId, err, mintId, toErrorBody } from '@zoetrope/contracts'
import fc from 'fast-check'

import { decideLook } from './decide-look.ts'
import { defaultWorkflowFor } from './default-workflows.ts'
import type { PlannedTask } from './plan-tasks.ts'
import { planProbe, planTasks } from './plan-tasks.ts'
import { isTaskEnded } from './state-tables.ts'
import { applyResult } from './task-rules.ts'

const settings = { silenceMs: 60_000, dispatchDeadlineMs: 600_000 }
const startMs = Date.parse('2026-01-01T00:00:00Z')
const at = (ms: number): Date => new Date(startMs + ms)
const jobId = mintId('job')
const base = {
  schemaVersion: 1,
  tenantId: mintId('ten'),
  createdAt: at(0).toISOString(),
  updatedAt: at(0).toISOString(),
}
const { definition } = defaultWorkflowFor('video')!
const facts: ProbeFacts = {
  mediaType: 'video',
  video: { widthPx: 1280, heightPx: 720, codec: 'h264' },
  audio: { codec: 'aac', channels: 2, sampleRateHz: 48_000 },
}

function aJob(more: Partial<JobDocument> = {}): JobDocument {
  const assetId = mintId('ast')
  const source = { container: 'uploads', blob: 'x', etag: '"1"', sizeBytes: 1, contentType: 'video/mp4' }
  const workflow = { workflowId: 'w', version: 1 }
  return {
    ...base,
    id: jobId,
    kind: 'job',
    jobId,
    assetId,
    mediaType: 'video',
    source,
    workflow,
    state: 'running',
    run: 1,
    startDueAt: base.createdAt,
    ...more,
  }
}

function aTask(planned: PlannedTask, more: Partial<TaskDocument> = {}): TaskDocument {
  return {
    ...base,
    ...planned,
    needs: [...planned.needs],
    order: 0,
    id: deriveId('tsk', jobId, 1, planned.step, planned.index),
    kind: 'task',
    jobId,
    assetId: mintId('ast'),
    run: 1,
    inputs: [],
    outputs: [],
    state: 'pending',
    instanceId: `${jobId}.1`,
    attempt: 0,
    failedAttempts: 0,
    lostAttempts: 0,
    ...more,
  }
}

function aResult(task: TaskDocument, more: Partial<TaskResult>): TaskResult {
  const { id, attempt, run, tenantId } = task
  const ids = { taskId: id, jobId, tenantId } as Pick<TaskResult, 'taskId' | 'jobId' | 'tenantId'>
  return {
    contractVersion: 1,
    ...ids,
    attempt,
    run,
    outcome: 'succeeded',
    outputs: [],
    usage: [],
    startedAt: base.createdAt,
    ...more,
  }
}

const failure = (code: 'SOURCE_CORRUPT' | 'MEDIA_PROCESS_CRASHED') => ({
  outcome: 'failed' as const,
  error: toErrorBody(err(code)),
})

describe('a look', () => {
  const probe = aTask(planProbe(definition))
  const done = { ...probe, state: 'succeeded' as const, facts }

  it('asks for a probe, then for a plan', () => {
    expect(decideLook(aJob(), [], at(0), settings).next).toBe('probe')
    expect(decideLook(aJob(), [probe], at(0), settings)).toMatchObject({
      next: 'work',
      ready: [{ name: 'probe' }],
    })
    expect(decideLook(aJob(), [done], at(0), settings).next).toBe('plan')
  })

  it('lets a task wait for what it needs', () => {
    const tasks = [done, ...planTasks(definition, facts).map((planned) => aTask(planned))]

    expect(decideLook(aJob(), tasks, at(0), settings).ready.map((task) => task.name)).toEqual([
      'poster',
      'audio',
      'encode:360p',
      'encode:720p',
    ])
  })

  it('ends an attempt after a minute of silence, and comes back for it in time', () => {
    const running = { ...probe, state: 'running' as const, attempt: 1, lastHeardAt: at(0).toISOString() }

    expect(decideLook(aJob(), [running], at(59_000), settings)).toMatchObject({
      changes: [],
      nextLookAt: at(60_000),
    })
    const late = decideLook(aJob(), [running], at(60_000), settings)
    expect(late.changes[0]?.task).toMatchObject({
      state: 'pending',
      lostAttempts: 1,
      failedAttempts: 0,
      error: { code: 'WORKER_LOST' },
    })
    expect(late.ready.map((task) => task.name)).toEqual(['probe'])
  })

  it('comes back in time for a worker that begins and falls silent, though nothing tells it of the beginning', () => {
    const dispatched = {
      ...probe,
      state: 'dispatched' as const,
      attempt: 1,
      dispatchedAt: at(0).toISOString(),
    }

    for (const task of [probe, dispatched])
      expect(decideLook(aJob(), [task], at(1_000), settings).nextLookAt).toEqual(at(61_000))
  })

  it('sends a task once more that was dispatched and never begun', () => {
    const dispatched = {
      ...probe,
      state: 'dispatched' as const,
      attempt: 1,
      dispatchedAt: at(0).toISOString(),
    }

    expect(decideLook(aJob(), [dispatched], at(599_000), settings).resend).toEqual([])
    expect(decideLook(aJob(), [dispatched], at(600_000), settings).resend).toHaveLength(1)
  })

  it('fails a job whose probe fails, without trying the same bad file again', () => {
    const sent = { ...probe, state: 'running' as const, attempt: 1, lastHeardAt: at(0).toISOString() }
    const failed = applyResult(sent, aResult(sent, failure('SOURCE_CORRUPT')), at(1))!.task

    expect(decideLook(aJob(), [failed], at(2), settings)).toMatchObject({
      next: 'finish',
      ending: { state: 'failed', error: { code: 'SOURCE_CORRUPT' } },
    })
  })

  it('tries what may pass again with back-off, five times', () => {
    let task: TaskDocument = { ...probe, state: 'running', attempt: 1, lastHeardAt: at(0).toISOString() }
    const delays: number[] = []
    while (!isTaskEnded(task.state)) {
      task = applyResult(task, aResult(task, failure('MEDIA_PROCESS_CRASHED')), at(0))!.task
      if (isTaskEnded(task.state)) break
      delays.push(Date.parse(task.notBefore!) - startMs)
      task = { ...task, state: 'running', attempt: task.attempt + 1 }
    }

    expect(delays).toEqual([2_000, 4_000, 8_000, 16_000])
    expect(task).toMatchObject({ state: 'failed', failedAttempts: 5 })
  })

  it('ends a job as partial when some renditions came and a needed task failed', () => {
    const tasks = [
      done,
      ...planTasks(definition, facts).map((planned) => aTask(planned, { state: 'succeeded' })),
    ]
    const withFailure = tasks.map((task) =>
      task.name === 'encode:720p'
        ? { ...task, state: 'failed' as const, error: toErrorBody(err('SOURCE_CORRUPT')) }
        : task.name === 'package'
          ? { ...task, state: 'pending' as const }
          : task,
    )
    const decision = decideLook(aJob(), withFailure, at(0), settings)

    expect(decision.changes.map(({ task }) => [task.name, task.state])).toEqual([['package', 'skipped']])
    expect(decision.ending).toMatchObject({ state: 'partial', error: { code: 'SOURCE_CORRUPT' } })
  })

  it('cancels what is unfinished, and only that', () => {
    const tasks = [done, ...planTasks(definition, facts).map((planned) => aTask(planned))]
    const decision = decideLook(aJob({ cancelRequestedAt: base.createdAt }), tasks, at(0), settings)

    expect(decision.changes).toHaveLength(5)
    expect(decision.ending?.state).toBe('canceled')
  })
})

describe('a job', () => {
  it('ends, whatever its workers do: answer, answer twice, fail, answer late, or fall silent', () => {
    const deeds = fc.constantFrom(
      'succeed',
      'succeed twice',
      'crash',
      'silence',
      'late success',
      'never begin',
    )
    fc.assert(
      fc.property(fc.infiniteStream(deeds), (stream) => {
        let nowMs = 0
        let tasks: TaskDocument[] = []
        const job = aJob()
        for (let looks = 0; looks < 500; looks += 1) {
          const decision = decideLook(job, tasks, at(nowMs), settings)
          const changed = new Map(decision.changes.map((change) => [change.task.id, change.task]))
          tasks = tasks.map((task) => changed.get(task.id) ?? task)
          if (decision.next === 'finish') {
            expect(tasks.every((task) => isTaskEnded(task.state))).toBe(true)
            return
          }
          if (decision.next === 'probe') tasks = [aTask(planProbe(definition))]
          if (decision.next === 'plan')
            tasks = [...tasks, ...planTasks(definition, facts).map((planned) => aTask(planned))]
          const sent = new Set([...decision.ready, ...decision.resend].map((task) => task.id))
          tasks = tasks.map((task) =>
            sent.has(task.id) ? work(task, stream.next().value!, at(nowMs)) : task,
          )
          nowMs = Math.max(nowMs + 1_000, decision.nextLookAt.getTime() - startMs)
        }
        throw new Error(`not ended: ${JSON.stringify(tasks.map((task) => [task.name, task.state]))}`)
      }),
      { numRuns: 200 },
    )
  })

  function work(task: TaskDocument, deed: string, now: Date): TaskDocument {
    const attempt = task.state === 'dispatched' ? task.attempt : task.attempt + 1
    let current: TaskDocument = { ...task, state: 'dispatched', attempt, dispatchedAt: now.toISOString() }
    if (deed === 'never begin') return current
    current = applyResult(
      current,
      aResult(current, { outcome: 'progress', progress: { phase: 'x', percent: 1 } }),
      now,
    )!.task
    if (deed === 'silence') return current
    const answer =
      deed === 'crash' ? failure('MEDIA_PROCESS_CRASHED') : { outcome: 'succeeded' as const, facts }
    const answers =
      deed === 'late success'
        ? [failure('MEDIA_PROCESS_CRASHED'), answer]
        : deed === 'succeed twice'
          ? [answer, answer]
          : [answer]
    for (const one of answers) {
      const change = applyResult(current, aResult(current, one), now)
      if (isTaskEnded(current.state)) expect(change).toBeUndefined()
      current = change?.task ?? current
    }
    return current
  }
})
