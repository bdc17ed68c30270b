import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { BlobContainerName, TaskInput, TaskMessage } from '@zoetrope/contracts'
import { RenditionManifest, TaskResult, mintId, sha256Hex } from '@zoetrope/contracts'
import type { RunningAzurite } from '@zoetrope/test-kit'
import { startAzurite, until } from '@zoetrope/test-kit'
import { z } from 'zod'

import type { TaskRuntime } from '../src/index.ts'
import { createChildPool, defineOperation, runTask } from '../src/index.ts'

const operations = ['test.echo', 'test.many', 'test.hang', 'test.refuse', 'test.crash'].map((name) =>
  defineOperation({
    name,
    version: '1',
    parameters: z.object({ text: z.string().default('') }),
    usage: ({ outputs }) => [{ meter: 'test.files', quantity: outputs.length, unit: 'count' }],
  }),
)

let azurite: RunningAzurite
beforeAll(async () => {
  azurite = await startAzurite()
}, 60_000)
afterAll(async () => azurite[Symbol.asyncDispose]())

/** A tenant with one source, and a worker. */
async function aWorker(changes: Partial<TaskRuntime> = {}) {
  const tenantId = mintId('ten')
  const scratchRoot = mkdtempSync(join(tmpdir(), 'zoetrope-tasks-'))
  const children = createChildPool({
    entry: new URL('./test-child.ts', import.meta.url),
    size: 2,
    killAfterMs: 20_000,
  })
  const runtime: TaskRuntime = {
    operations,
    blobs: (name) => azurite.blobs(name as BlobContainerName),
    queue: azurite.queue,
    children,
    settings: { heartbeatMs: 50, progressMs: 20, scratchRoot, maxSourceBytes: 1000 },
    ...changes,
  }
  const uploads = azurite.blobs('uploads')
  const renditions = azurite.blobs('renditions')
  const blob = `${tenantId}/${mintId('ast')}/${mintId('upl')}`
  const written = await uploads.write(blob, 'source', { contentType: 'text/plain' })
  const source: TaskInput = {
    name: 'source',
    container: 'uploads',
    blob,
    etag: written === 'refused' ? '' : written.etag,
    contentType: 'text/plain',
    sizeBytes: 6,
  }
  const aTask = (task: Partial<TaskMessage> = {}): TaskMessage => ({
    contractVersion: 1,
    taskId: mintId('tsk'),
    attempt: 1,
    jobId: mintId('job'),
    run: 1,
    tenantId,
    operation: 'test.echo',
    parameters: { text: 'hello' },
    inputs: [source],
    output: { container: 'renditions', prefix: `${tenantId}/` },
    cancelBlob: { container: 'work', blob: `${tenantId}/job/1/cancel` },
    deadlineAt: new Date(Date.now() + 60_000).toISOString(),
    ...task,
  })
  const files = async (): Promise<string[]> => {
    const names: string[] = []
    for await (const { name } of renditions.list(`${tenantId}/`)) names.push(name)
    return names
  }
  const manifest = async (contentKey = '') =>
    RenditionManifest.parse(
      JSON.parse((await renditions.readText(`${tenantId}/${contentKey}/manifest.json`)) ?? ''),
    )
  return {
    tenantId,
    uploads,
    renditions,
    source,
    aTask,
    files,
    manifest,
    run: (message: TaskMessage) => runTask(message, runtime),
    answers: async (taskId: string) =>
      (await azurite.takeMessages('task-results'))
        .map((body) => TaskResult.parse(body))
        .filter((result) => result.taskId === taskId),
    scratch: () => readdirSync(scratchRoot),
    async [Symbol.asyncDispose]() {
      children.close()
      rmSync(scratchRoot, { recursive: true, force: true })
    },
  }
}

describe('a task', () => {
  it('says progress at once, writes its files under its content key, commits the manifest, and answers', async () => {
    await using worker = await aWorker()
    const task = worker.aTask()

    await worker.run(task)

    const answers = await worker.answers(task.taskId)
    const last = answers.at(-1)
    expect(answers[0]).toMatchObject({ outcome: 'progress', progress: { phase: 'starting', percent: 0 } })
    expect(last).toMatchObject({
      outcome: 'succeeded',
      attempt: 1,
      facts: { sha256: sha256Hex('source') },
      usage: [{ meter: 'test.files', quantity: 1, unit: 'count', billable: true }],
      outputs: [{ name: 'echo', sha256: sha256Hex('{"text":"hello"}'), sizeBytes: 16, media: { frames: 1 } }],
    })
    const { executionId, taskId, outputs } = await worker.manifest(last?.contentKey)
    expect(taskId).toBe(task.taskId)
    expect(outputs).toEqual(last?.outputs)
    expect(outputs[0]?.blob).toBe(`${worker.tenantId}/${last?.contentKey}/${executionId}/echo.json`)
    expect(await worker.renditions.head(outputs[0]?.blob ?? '')).toMatchObject({
      contentType: 'application/json',
    })
    expect(worker.scratch()).toEqual([])
  })

  it('delivered twice is made once, answered twice, and billed by the same record', async () => {
    await using worker = await aWorker()
    const task = worker.aTask()

    const first = await worker.run(task)
    const second = await worker.run({ ...task, attempt: 2 })

    expect(second).toMatchObject({
      outcome: 'succeeded',
      attempt: 2,
      usage: first.usage,
      outputs: first.outputs,
    })
    expect(await worker.files()).toHaveLength(2)
  })

  it('delivered twice at the same time leaves one set of files and one winner', async () => {
    await using worker = await aWorker()
    const task = worker.aTask()

    const [one, other] = await Promise.all([worker.run(task), worker.run(task)])

    expect(one.outcome).toBe('succeeded')
    expect(other).toMatchObject({ outcome: 'succeeded', outputs: one.outputs, usage: one.usage })
    expect(await worker.files()).toHaveLength(2)
  })

  it('that another task has done already is a hit: the same files, not billable, the manifest touched', async () => {
    await using worker = await aWorker()
    const first = await worker.run(worker.aTask())
    const blob = `${worker.tenantId}/${first.contentKey}/manifest.json`
    const before = await worker.renditions.head(blob)

    const second = await worker.run(worker.aTask())

    expect(second).toMatchObject({ outcome: 'succeeded', outputs: first.outputs })
    expect(second.usage).toEqual(first.usage.map((record) => ({ ...record, billable: false })))
    expect((await worker.renditions.head(blob))?.etag).not.toBe(before?.etag)
  })

  it('never shares what it made with another tenant', async () => {
    await using worker = await aWorker()
    await using other = await aWorker()

    await worker.run(worker.aTask())
    const result = await other.run(other.aTask({ inputs: worker.aTask().inputs }))

    expect(result.usage).toEqual([expect.objectContaining({ billable: true })])
    expect(result.outputs[0]?.blob).toMatch(new RegExp(`^${other.tenantId}/`))
  })

  it('makes again what lost a file, and what has a manifest that nobody can read', async () => {
    await using worker = await aWorker()
    const first = await worker.run(worker.aTask())
    await worker.renditions.remove(first.outputs[0]?.blob ?? '')

    const second = await worker.run(worker.aTask())
    const blob = `${worker.tenantId}/${second.contentKey}/manifest.json`
    await worker.renditions.write(blob, 'not json', { contentType: 'application/json' })
    const third = await worker.run(worker.aTask())

    for (const result of [second, third]) {
      expect(result).toMatchObject({ outcome: 'succeeded', usage: [{ billable: true }] })
      expect(result.contentKey).toBe(first.contentKey)
    }
    expect((await worker.manifest(first.contentKey)).outputs).toEqual(third.outputs)
    expect(await worker.renditions.head(third.outputs[0]?.blob ?? '')).toBeDefined()
  })

  it('whose files do not fit into the answer names the manifest instead', async () => {
    await using worker = await aWorker()

    const result = await worker.run(worker.aTask({ operation: 'test.many' }))

    expect(result.outputs).toEqual([])
    expect(result.manifest?.blob).toBe(`${worker.tenantId}/${result.contentKey}/manifest.json`)
    expect((await worker.manifest(result.contentKey)).outputs).toHaveLength(300)
  }, 30_000)
})

describe('a task that cannot be done', () => {
  it.each([
    ['OPERATION_UNKNOWN', { operation: 'test.unknown' }, false],
    ['PARAMETERS_INVALID', { parameters: { text: 7 } }, false],
    ['SOURCE_CORRUPT', { operation: 'test.refuse' }, false],
    ['MEDIA_PROCESS_CRASHED', { operation: 'test.crash' }, true],
    ['TASK_TIMEOUT', { operation: 'test.hang', deadlineAt: new Date(0).toISOString() }, true],
  ] as const)('answers %s', async (code, changes, retry) => {
    await using worker = await aWorker()
    const task = worker.aTask(changes)

    await worker.run(task)

    expect((await worker.answers(task.taskId)).at(-1)).toMatchObject({
      outcome: 'failed',
      error: { code, retry },
      usage: [],
    })
    expect(await worker.files()).toEqual([])
    expect(worker.scratch()).toEqual([])
  })

  it('says SOURCE_CHANGED for an overwritten source, SOURCE_MISSING for one that is gone', async () => {
    await using worker = await aWorker()
    await worker.uploads.write(worker.source.blob, 'other!', { contentType: 'text/plain' })

    const changed = await worker.run(worker.aTask())
    await worker.uploads.remove(worker.source.blob)
    const missing = await worker.run(worker.aTask())

    expect(changed.error?.code).toBe('SOURCE_CHANGED')
    expect(missing.error?.code).toBe('SOURCE_MISSING')
  })

  it('says SOURCE_EMPTY and SOURCE_TOO_LARGE before anything is downloaded', async () => {
    await using worker = await aWorker()

    const empty = await worker.run(worker.aTask({ inputs: [{ ...worker.source, sizeBytes: 0 }] }))
    const large = await worker.run(worker.aTask({ inputs: [{ ...worker.source, sizeBytes: 1001 }] }))

    expect(empty.error?.code).toBe('SOURCE_EMPTY')
    expect(large.error?.code).toBe('SOURCE_TOO_LARGE')
  })

  it('stops soon after the cancel blob appears', async () => {
    await using worker = await aWorker()
    const work = azurite.blobs('work')
    const task = worker.aTask({ operation: 'test.hang' })

    const running = worker.run(task)
    await until(() => worker.scratch().length > 0, { what: 'the task to begin' })
    await work.write(task.cancelBlob.blob, '', { contentType: 'text/plain' })

    expect((await running).error).toMatchObject({ code: 'TASK_CANCELED', retry: false })
  })

  it('says that it lives while it works', async () => {
    await using worker = await aWorker()
    const soon = new Date(Date.now() + 1500).toISOString()
    const task = worker.aTask({ operation: 'test.hang', deadlineAt: soon })

    await worker.run(task)

    const answers = await worker.answers(task.taskId)
    expect(answers.filter(({ outcome }) => outcome === 'progress').length).toBeGreaterThan(3)
    expect(answers.at(-1)?.error?.code).toBe('TASK_TIMEOUT')
  })

  it('rejects where its answer cannot be sent, so that the queue delivers it again', async () => {
    let sent = 0
    const queue = {
      send: async () => {
        sent += 1
        if (sent > 1) throw new Error('the queue is gone')
      },
    }
    const settings = { heartbeatMs: 60_000, progressMs: 60_000, scratchRoot: tmpdir(), maxSourceBytes: 1000 }
    await using worker = await aWorker({ queue, settings })

    await expect(worker.run(worker.aTask())).rejects.toThrow('the queue is gone')
  })
})
